#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include <string>

namespace actornet::plugin {

/// shop/v1/inventory.proto: shop/v1/inventory.actornet.hpp.
std::string header_of(const google::protobuf::FileDescriptor& file);

/// Writes the header of a file without flaws.
void write_header(const google::protobuf::FileDescriptor& file,
                  google::protobuf::io::ZeroCopyOutputStream& out);

}  // namespace actornet::plugin

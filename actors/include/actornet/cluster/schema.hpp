#pragma once

#include <cstdint>
#include <initializer_list>

#include "actornet/cluster/node_info.hpp"

namespace google::protobuf {
class FileDescriptor;
}

namespace actornet::cluster {

/// A number for what is in these files and in those they import: messages, fields (number, type,
/// cardinality, oneof), enums and services, as far as the wire knows of them. Comments, options,
/// file names, the order of anything and names of fields do not matter.
///
///     schema_fingerprint({OrderRequest::descriptor()->file()})
std::uint64_t schema_fingerprint(
    std::initializer_list<const google::protobuf::FileDescriptor*> files);

}  // namespace actornet::cluster

#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace actornet::plugin {

/// What keeps a file's services from being generated, in words for who wrote it; empty: nothing.
std::string flaw_of(const google::protobuf::FileDescriptor& file);

/// The field that a method's requests are keyed by; null: none.
const google::protobuf::FieldDescriptor* key_of(const google::protobuf::MethodDescriptor& method);

/// The enum of a service's own errors; null: it has none.
const google::protobuf::EnumDescriptor* errors_of(
    const google::protobuf::ServiceDescriptor& service);

}  // namespace actornet::plugin

#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace actornet::plugin {

/// GetHTTPPage: get_http_page. With a trailing underscore where that is a keyword of C++.
std::string snake_case(const std::string& name);

/// The names of a service's generated parts.
std::string methods_of(const google::protobuf::ServiceDescriptor& service);
std::string server_of(const google::protobuf::ServiceDescriptor& service);
std::string client_of(const google::protobuf::ServiceDescriptor& service);

/// shop.v1: shop::v1; empty for no package.
std::string namespace_of(const google::protobuf::FileDescriptor& file);

}  // namespace actornet::plugin

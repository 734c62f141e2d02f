#include "rules.hpp"

#include <set>

#include "actornet/cluster/v1/options.pb.h"
#include "names.hpp"

namespace actornet::plugin {

namespace v1 = cluster::v1;
using google::protobuf::FieldDescriptor;

namespace {

bool may_be_key(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return !field.is_repeated();
    default:
      return false;
  }
}

std::string flaw_of_method(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming())
    return "a stream of requests is not offered";
  const std::string& key = method.options().GetExtension(v1::keyed_by);
  if (key.empty())
    return {};
  const FieldDescriptor* const field = key_of(method);
  if (!field)
    return "keyed_by: " + method.input_type()->name() + " has no field " + key;
  if (!may_be_key(*field))
    return "keyed_by: " + key + " is neither text, bytes nor an integer";
  if (method.service()->options().GetExtension(v1::shards) == 0)
    return "keyed_by needs the service's option shards";
  return {};
}

std::string flaw_of_service(const google::protobuf::ServiceDescriptor& service) {
  const std::string& errors = service.options().GetExtension(v1::errors);
  if (!errors.empty() && !errors_of(service))
    return service.full_name() + ": errors: the file has no enum " + errors;
  std::set<std::string> names;
  for (int i = 0; i < service.method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service.method(i);
    std::string flaw = flaw_of_method(method);
    if (!names.insert(snake_case(method.name())).second)
      flaw = "another method has the same name in C++";
    if (!flaw.empty())
      return method.full_name() + ": " + flaw;
  }
  return {};
}

}  // namespace

std::string flaw_of(const google::protobuf::FileDescriptor& file) {
  for (int i = 0; i < file.service_count(); ++i)
    if (const std::string flaw = flaw_of_service(*file.service(i)); !flaw.empty())
      return flaw;
  return {};
}

const FieldDescriptor* key_of(const google::protobuf::MethodDescriptor& method) {
  return method.input_type()->FindFieldByName(method.options().GetExtension(v1::keyed_by));
}

const google::protobuf::EnumDescriptor* errors_of(
    const google::protobuf::ServiceDescriptor& service) {
  return service.file()->FindEnumTypeByName(service.options().GetExtension(v1::errors));
}

}  // namespace actornet::plugin

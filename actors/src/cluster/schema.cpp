#include "actornet/cluster/schema.hpp"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <set>
#include <string>

namespace actornet::cluster {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;

// A line for each fact; a set, because the order in which files declare them does not matter.
class facts {
 public:
  void add_file(const FileDescriptor& file) {
    if (!files_.insert(&file).second)
      return;
    for (int i = 0; i < file.dependency_count(); ++i)
      add_file(*file.dependency(i));
    for (int i = 0; i < file.message_type_count(); ++i)
      add(*file.message_type(i));
    for (int i = 0; i < file.enum_type_count(); ++i)
      add(*file.enum_type(i));
    for (int i = 0; i < file.service_count(); ++i)
      add(*file.service(i));
  }

  // FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/).
  std::uint64_t hash() const {
    std::uint64_t sum = 0xcbf29ce484222325u;
    for (const std::string& line : lines_)
      for (const char each : line + '\n')
        sum = (sum ^ static_cast<unsigned char>(each)) * 0x100000001b3u;
    return sum;
  }

 private:
  void add(const Descriptor& message) {
    lines_.insert("message " + message.full_name());
    for (int i = 0; i < message.field_count(); ++i)
      add(message.full_name(), *message.field(i));
    for (int i = 0; i < message.nested_type_count(); ++i)
      add(*message.nested_type(i));
    for (int i = 0; i < message.enum_type_count(); ++i)
      add(*message.enum_type(i));
  }

  void add(const std::string& message, const FieldDescriptor& field) {
    std::string line = message + ' ' + std::to_string(field.number()) + ' ' +
                       std::to_string(field.type()) + ' ' + std::to_string(field.label());
    if (const auto* inner = field.message_type())
      line += ' ' + inner->full_name();
    if (const auto* inner = field.enum_type())
      line += ' ' + inner->full_name();
    if (const auto* one_of = field.real_containing_oneof())
      line += " oneof " + std::to_string(lowest_number(*one_of));
    lines_.insert(std::move(line));
  }

  // What tells a message's oneofs apart without their names.
  static int lowest_number(const google::protobuf::OneofDescriptor& one_of) {
    int lowest = one_of.field(0)->number();
    for (int i = 1; i < one_of.field_count(); ++i)
      lowest = std::min(lowest, one_of.field(i)->number());
    return lowest;
  }

  void add(const EnumDescriptor& kind) {
    for (int i = 0; i < kind.value_count(); ++i)
      lines_.insert("enum " + kind.full_name() + ' ' + std::to_string(kind.value(i)->number()));
  }

  void add(const ServiceDescriptor& service) {
    for (int i = 0; i < service.method_count(); ++i) {
      const auto& method = *service.method(i);
      lines_.insert("method " + method.full_name() + ' ' + method.input_type()->full_name() +
                    (method.client_streaming() ? " stream " : " ") +
                    method.output_type()->full_name() +
                    (method.server_streaming() ? " stream" : ""));
    }
  }

  std::set<const FileDescriptor*> files_;
  std::set<std::string> lines_;
};

}  // namespace

std::uint64_t schema_fingerprint(std::initializer_list<const FileDescriptor*> files) {
  facts all;
  for (const FileDescriptor* each : files)
    all.add_file(*each);
  return all.hash();
}

bool compatible(const schema_identity& one, const schema_identity& other) noexcept {
  const auto accepts = [](const schema_identity& who, std::uint32_t major) {
    return major != 0 && std::ranges::find(who.accepts, major) != who.accepts.end();
  };
  return one.fingerprint == other.fingerprint || (one.major != 0 && one.major == other.major) ||
         accepts(one, other.major) || accepts(other, one.major);
}

}  // namespace actornet::cluster

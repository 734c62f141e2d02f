// Fingerprints of schemas, and which schemas may talk.

#include "actornet/cluster/schema.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "actornet/cluster/v1/nodes.pb.h"

namespace actornet::cluster {
namespace {

/// The fingerprint of a file with this in it.
std::uint64_t of(const std::string& text) {
  google::protobuf::FileDescriptorProto file;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "name: 'some.proto' package: 'p' syntax: 'proto3' " + text, &file));
  google::protobuf::DescriptorPool pool;
  const auto* built = pool.BuildFile(file);
  EXPECT_TRUE(built);
  return schema_fingerprint({built});
}

std::string message(const std::string& name, const std::string& fields) {
  return "message_type { name: '" + name + "' " + fields + " } ";
}
std::string field(const std::string& name, int number, const std::string& type) {
  return "field { name: '" + name + "' number: " + std::to_string(number) +
         " label: LABEL_OPTIONAL type: " + type + " } ";
}

TEST(schema, order_and_names_of_fields_do_not_matter) {
  const std::string one = field("a", 1, "TYPE_INT32");
  const std::string two = field("b", 2, "TYPE_STRING");
  const auto known = of(message("A", one + two) + message("B", ""));
  EXPECT_EQ(of(message("B", "") + message("A", two + one)), known);
  EXPECT_EQ(of(message("A", field("z", 1, "TYPE_INT32") + two) + message("B", "")), known);
}

TEST(schema, what_the_wire_knows_of_matters) {
  const auto known = of(message("A", field("a", 1, "TYPE_INT32")));
  EXPECT_NE(of(message("A", field("a", 2, "TYPE_INT32"))), known);
  EXPECT_NE(of(message("A", field("a", 1, "TYPE_INT64"))), known);
  EXPECT_NE(of(message("B", field("a", 1, "TYPE_INT32"))), known);
  EXPECT_NE(
      of(message("A", "field { name: 'a' number: 1 label: LABEL_REPEATED type: TYPE_INT32 }")),
      known);
  EXPECT_NE(of(message("A", field("a", 1, "TYPE_INT32") + field("b", 2, "TYPE_INT32"))), known);
}

TEST(schema, enums_services_and_imports_matter) {
  const std::string kind = "enum_type { name: 'E' value { name: 'X' number: 0 } ";
  EXPECT_NE(of(kind + "}"), of(kind + "value { name: 'Y' number: 1 } }"));
  const std::string service = message("A", "") + "service { name: 'S' method { name: 'M' ";
  const auto plain = of(service + "input_type: '.p.A' output_type: '.p.A' } }");
  EXPECT_NE(of(service + "input_type: '.p.A' output_type: '.p.A' server_streaming: true } }"),
            plain);
  EXPECT_NE(of(message("A", "")), plain);
}

TEST(schema, a_file_that_is_named_twice_counts_once) {
  const auto* file = v1::NodesMessage::descriptor()->file();
  EXPECT_EQ(schema_fingerprint({file, file}), schema_fingerprint({file}));
}

TEST(schema, compatible_are_the_same_the_same_major_and_what_is_accepted) {
  const schema_identity old{.fingerprint = 1, .major = 1};
  EXPECT_TRUE(compatible(old, {.fingerprint = 1, .major = 9}));
  EXPECT_TRUE(compatible(old, {.fingerprint = 2, .major = 1}));
  EXPECT_FALSE(compatible(old, {.fingerprint = 2, .major = 2}));
  EXPECT_TRUE(compatible(old, {.fingerprint = 2, .major = 2, .accepts = {1}}));
  EXPECT_TRUE(compatible({.fingerprint = 2, .major = 2, .accepts = {1}}, old));
  EXPECT_FALSE(compatible({.fingerprint = 1}, {.fingerprint = 2}));
  EXPECT_FALSE(compatible({.fingerprint = 1, .major = 1, .accepts = {0}}, {.fingerprint = 2}));
}

}  // namespace
}  // namespace actornet::cluster

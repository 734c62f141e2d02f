// protoc-gen-actornet says what it does not take.

#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace actornet::cluster_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class plugin : public ::testing::Test {
 protected:
  plugin() {
    std::string name = (std::filesystem::temp_directory_path() / "actornet-plugin-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~plugin() override { std::filesystem::remove_all(folder_); }

  /// What protoc says of a file with this in it.
  std::string run(const std::string& text) const {
    std::ofstream(folder_ + "/bad.proto")
        << "syntax = \"proto3\";\nimport \"actornet/cluster/v1/options.proto\";\n"
           "message Ask { string name = 1; double size = 2; repeated string all = 3; }\n"
        << text;
    const std::string command =
        "protoc --proto_path=" + folder_ + " --proto_path=" + ACTORNET_SOURCE_DIR +
        "/proto/schemas --actornet_out=" + folder_ +
        " --plugin=protoc-gen-actornet=" + ACTORNET_BIN_DIR + "/protoc-gen-actornet bad.proto 2>&1";
    std::string said;
    FILE* const output = ::popen(command.c_str(), "r");
    std::array<char, 512> part;
    while (std::fgets(part.data(), part.size(), output))
      said += part.data();
    ::pclose(output);
    return said;
  }

  std::string made() const {
    std::ifstream in(folder_ + "/bad.actornet.hpp");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string folder_;
};

std::string keyed_by(const std::string& field, const std::string& shards = "4") {
  return "service S { option (actornet.cluster.v1.shards) = " + shards +
         "; rpc M(Ask) returns (Ask) { option (actornet.cluster.v1.keyed_by) = \"" + field +
         "\"; } }";
}

TEST_F(plugin, takes_what_is_right) {
  EXPECT_EQ(run(keyed_by("name")), "");
  EXPECT_THAT(made(), HasSubstr("key_hash(asked.name())"));
}

TEST_F(plugin, refuses_keys_that_are_none) {
  EXPECT_THAT(run(keyed_by("nothing")), HasSubstr("S.M: keyed_by: Ask has no field nothing"));
  EXPECT_THAT(run(keyed_by("size")), HasSubstr("size is neither text, bytes nor an integer"));
  EXPECT_THAT(run(keyed_by("all")), HasSubstr("all is neither text, bytes nor an integer"));
  EXPECT_THAT(run(keyed_by("name", "0")), HasSubstr("keyed_by needs the service's option shards"));
}

TEST_F(plugin, refuses_streams_of_requests) {
  EXPECT_THAT(run("service S { rpc M(stream Ask) returns (Ask); }"),
              HasSubstr("S.M: a stream of requests is not offered"));
}

TEST_F(plugin, refuses_errors_that_are_no_enum_of_the_file) {
  EXPECT_THAT(run("service S { option (actornet.cluster.v1.errors) = \"E\"; }"),
              HasSubstr("S: errors: the file has no enum E"));
}

TEST_F(plugin, refuses_two_methods_of_one_name) {
  EXPECT_THAT(run("service S { rpc GetIt(Ask) returns (Ask); rpc get_it(Ask) returns (Ask); }"),
              HasSubstr("S.get_it: another method has the same name in C++"));
}

TEST_F(plugin, names_methods_as_cpp_does) {
  EXPECT_THAT(run("service HTTPShop { rpc GetURLPage(Ask) returns (Ask); "
                  "rpc Delete(Ask) returns (Ask); rpc Statistics(Ask) returns (Ask); }"),
              Not(HasSubstr("--actornet_out")));
  const std::string text = made();
  EXPECT_THAT(text, HasSubstr("class http_shop_client"));
  EXPECT_THAT(text, HasSubstr(" get_url_page("));
  EXPECT_THAT(text, HasSubstr(" delete_("));
  EXPECT_THAT(text, HasSubstr(" statistics_("));
}

TEST_F(plugin, makes_an_empty_header_of_a_file_without_services) {
  EXPECT_THAT(run(""), Not(HasSubstr("--actornet_out")));
  EXPECT_THAT(made(), HasSubstr("#pragma once"));
}

}  // namespace
}  // namespace actornet::cluster_test

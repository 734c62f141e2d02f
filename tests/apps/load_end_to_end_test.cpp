// The two programs of this build together, on real sockets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "load_programs.hpp"

namespace actornet::load {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using words = std::vector<std::string>;

/// A running actornet-echo.
class echo_server {
 public:
  explicit echo_server(const words& arguments, const std::string& where = "tcp://127.0.0.1:0")
      : program_("actornet-echo", with({"--listen", where, "--loops", "1"}, arguments)) {
    const std::string line = program_.read_line();
    const std::string expected = "listening ";
    EXPECT_TRUE(line.starts_with(expected)) << line;
    uri_ = line.substr(std::min(line.size(), expected.size()));
  }

  const std::string& uri() const noexcept { return uri_; }
  child_program& program() noexcept { return program_; }

  static words with(words first, const words& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
  }

 private:
  child_program program_;
  std::string uri_;
};

/// A file that a test lets a program write.
class scratch_file {
 public:
  explicit scratch_file(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              ("actornet-load-" + std::to_string(::getpid()) + "-" + name)) {}
  ~scratch_file() { std::filesystem::remove(path_); }

  std::string path() const { return path_.string(); }
  std::string content() const {
    std::stringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }

 private:
  std::filesystem::path path_;
};

struct way {
  const char* name;
  words server;
  words load;
};

void PrintTo(const way& one, std::ostream* out) {
  *out << one.name;
}

class load_end_to_end : public ::testing::TestWithParam<way> {};

TEST_P(load_end_to_end, every_byte_comes_back) {
  echo_server server(GetParam().server);
  const scratch_file json("figures.json");
  child_program load(
      "actornet-load",
      echo_server::with(
          {"--connect", server.uri(), "--connections", "20", "--duration", "300ms", "--server-pid",
           std::to_string(server.program().id()), "--json", json.path()},
          GetParam().load));
  EXPECT_EQ(load.wait(), 0) << load.errors();
  EXPECT_EQ(load.errors(), "");
  EXPECT_THAT(load.output(), ContainsRegex("messages/s +[1-9]"));
  EXPECT_THAT(json.content(), HasSubstr("\"errors\": 0"));
  EXPECT_THAT(json.content(), ContainsRegex("\"messages\": [1-9]"));
  EXPECT_THAT(json.content(), ContainsRegex("\"server_cpu_us_per_message\": [0-9]"));
  EXPECT_THAT(json.content(), ContainsRegex("\"server_rss_bytes\": [1-9]"));
  EXPECT_THAT(json.content(), ContainsRegex("\"bytes_per_connection\": -?[0-9]"));
  server.program().signal(SIGTERM);
  EXPECT_EQ(server.program().wait(), 0) << server.program().errors();
}

INSTANTIATE_TEST_SUITE_P(
    ways, load_end_to_end,
    ::testing::Values(
        way{"raw", {"--framing", "raw"}, {"--framing", "raw"}},
        way{"line", {"--framing", "line"}, {"--framing", "line"}},
        way{"delimited", {"--framing", "delimited"}, {"--framing", "delimited"}},
        way{"length32", {"--framing", "length32"}, {"--framing", "length32"}},
        way{"defaults", {}, {}},
        way{"large_raw_messages", {}, {"--size", "200000", "--depth", "2"}},
        way{"window", {"--framing", "delimited"}, {"--framing", "delimited", "--depth", "16"}},
        way{"bursts", {"--framing", "line"}, {"--framing", "line", "--depth", "16", "--burst"}},
        way{"empty_messages",
            {"--framing", "delimited"},
            {"--framing", "delimited", "--size", "0"}},
        way{"idle_ones", {}, {"--active", "3"}}, way{"open_loop", {}, {"--rate", "1000"}},
        way{"through_an_actor",
            {"--style", "actor", "--framing", "delimited"},
            {"--framing", "delimited", "--depth", "4"}},
        way{"typed", {"--style", "typed"}, {"--typed", "--depth", "4"}}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(load_end_to_end, unix_sockets_work) {
  const scratch_file socket("echo.sock");
  echo_server server({}, "unix://" + socket.path());
  child_program load("actornet-load", {"--connect", server.uri(), "--duration", "100ms"});
  EXPECT_EQ(load.wait(), 0) << load.errors();
}

TEST(load_end_to_end, a_picture_is_written) {
  echo_server server({});
  const scratch_file svg("latency.svg");
  child_program load("actornet-load",
                     {"--connect", server.uri(), "--duration", "100ms", "--svg", svg.path()});
  EXPECT_EQ(load.wait(), 0) << load.errors();
  EXPECT_TRUE(svg.content().starts_with("<svg ")) << svg.content();
}

TEST(load_end_to_end, progress_is_told_when_asked_for) {
  echo_server server({});
  child_program load("actornet-load",
                     {"--connect", server.uri(), "--duration", "1200ms", "--progress"});
  EXPECT_EQ(load.wait(), 0) << load.errors();
  EXPECT_THAT(load.errors(), HasSubstr("measuring: 1 of 1 connections, "));
}

TEST(load_end_to_end, more_connections_than_one_source_address_takes_are_made) {
  constexpr rlim_t needed = 4100 + 100;  // in each of the two programs
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_max < needed)
    GTEST_SKIP() << "needs " << needed << " open files a process, may have " << files.rlim_max
                 << " (ulimit -Hn)";
  echo_server server({});
  child_program load("actornet-load", {"--connect", server.uri(), "--connections", "4100",
                                       "--active", "10", "--duration", "100ms"});
  EXPECT_EQ(load.wait(), 0) << load.errors();
  EXPECT_THAT(load.output(), HasSubstr("4,100 connections"));
}

TEST(load_end_to_end, a_server_that_dies_is_an_error_and_exit_code_1) {
  echo_server server({});
  child_program load("actornet-load", {"--connect", server.uri(), "--connections", "3",
                                       "--duration", "1m", "--progress"});
  EXPECT_THAT(load.read_error_line(), HasSubstr("3 of 3 connections"));
  server.program().signal(SIGKILL);
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.output(), ContainsRegex("errors +3\n"));
  EXPECT_THAT(load.errors(), HasSubstr("actornet-load: connection "));
}

void expect_not_begun(const words& arguments, const std::string& why, unsigned open_files_max = 0) {
  child_program load("actornet-load", arguments, open_files_max);
  EXPECT_EQ(load.wait(), 2);
  EXPECT_EQ(load.output(), "");
  EXPECT_THAT(load.errors(), HasSubstr(why));
  EXPECT_EQ(std::ranges::count(load.errors(), '\n'), 1) << load.errors();
}

TEST(load_end_to_end, what_cannot_begin_is_one_line_and_exit_code_2) {
  expect_not_begun({"--connect", "tcp://127.0.0.1:1"}, "connection refused");
  expect_not_begun({"--connect", "127.0.0.1:1"}, "is not an endpoint");
  expect_not_begun({"--frobnicate"}, "--frobnicate");
  expect_not_begun({"--connect", "tcp://127.0.0.1:1", "--connections", "100"}, "open files", 100);
  expect_not_begun({"--connect", "tcp://127.0.0.1:1", "--json", "/nowhere/at/all"}, "cannot write");
  constexpr const char* beyond_every_pid = "4194305";  // Linux has 2^22 at most
  expect_not_begun({"--connect", "tcp://127.0.0.1:1", "--server-pid", beyond_every_pid},
                   "there is no process");
}

}  // namespace
}  // namespace actornet::load

// The program actornet-echo: exit codes, messages, counters.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "load_programs.hpp"

namespace actornet::echo {
namespace {

using load::child_program;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using words = std::vector<std::string>;

constexpr const char* any_port = "tcp://127.0.0.1:0";

/// Runs the program to its end, which must be a mistake: one line on standard error, exit code 2.
std::string mistake(const words& arguments) {
  child_program program("actornet-echo", arguments);
  EXPECT_EQ(program.wait(), 2);
  const std::string line = program.read_error_line();
  EXPECT_THAT(line, StartsWith("error: "));
  EXPECT_EQ(program.errors(), "") << "more than one line";
  EXPECT_EQ(program.output(), "");
  return line;
}

TEST(echo_program, an_unknown_option_is_one_line_and_exit_code_2) {
  EXPECT_THAT(mistake({"--listen", any_port, "--lissen", "x"}), HasSubstr("--lissen"));
}

TEST(echo_program, a_missing_listen_option_is_one_line_and_exit_code_2) {
  EXPECT_THAT(mistake({}), HasSubstr("--listen"));
}

TEST(echo_program, a_bad_uri_is_one_line_and_exit_code_2) {
  EXPECT_THAT(mistake({"--listen", "http//nowhere"}), HasSubstr("http//nowhere"));
}

TEST(echo_program, a_bad_duration_is_one_line_and_exit_code_2) {
  EXPECT_THAT(mistake({"--listen", any_port, "--idle-timeout", "soon"}), HasSubstr("soon"));
}

TEST(echo_program, typed_messages_need_frames) {
  EXPECT_THAT(mistake({"--listen", any_port, "--style", "typed", "--framing", "raw"}),
              HasSubstr("framing"));
}

TEST(echo_program, a_port_in_use_is_one_line_and_exit_code_2) {
  child_program first("actornet-echo", {"--listen", any_port});
  const std::string uri = first.read_line().substr(10);
  EXPECT_THAT(mistake({"--listen", uri}), HasSubstr(uri));
  first.signal(SIGTERM);
  EXPECT_EQ(first.wait(), 0);
}

TEST(echo_program, help_and_version_are_exit_code_0) {
  child_program help("actornet-echo", {"--help"});
  EXPECT_EQ(help.wait(), 0);
  EXPECT_THAT(help.output(), HasSubstr("--listen"));
  child_program version("actornet-echo", {"--version"});
  EXPECT_EQ(version.wait(), 0);
  EXPECT_THAT(version.output(), StartsWith("actornet-echo 0."));
}

TEST(echo_program, it_listens_at_several_uris_and_ends_at_sigint) {
  const std::string path = "unix:///tmp/actornet-echo-" + std::to_string(::getpid());
  child_program program("actornet-echo", {"--listen", any_port, "--listen", path});
  EXPECT_THAT(program.read_line(), StartsWith("listening tcp://127.0.0.1:"));
  EXPECT_EQ(program.read_line(), "listening " + path);
  program.signal(SIGINT);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_NE(::access(path.substr(7).c_str(), F_OK), 0) << "the socket's file is left behind";
}

class counting_style : public ::testing::TestWithParam<const char*> {};

TEST_P(counting_style, decode_actor_and_encode_counters_equal_the_frames) {
  const std::string style = GetParam();
  child_program server("actornet-echo", {"--listen", any_port, "--style", style, "--framing",
                                         "delimited", "--loops", "2"});
  const std::string uri = server.read_line().substr(10);
  words arguments{"--connect", uri,       "--framing", "delimited",  "--connections",
                  "20",        "--depth", "4",         "--duration", "300ms"};
  if (style == "typed")
    arguments.emplace_back("--typed");
  child_program client("actornet-load", arguments);
  EXPECT_EQ(client.wait(), 0) << client.errors();
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  unsigned long long decoded = 0, handled = 0, encoded = 0;
  ASSERT_EQ(std::sscanf(server.output().c_str(), "decoded %llu handled %llu encoded %llu", &decoded,
                        &handled, &encoded),
            3)
      << server.output();
  EXPECT_GT(decoded, 0u);
  EXPECT_EQ(decoded, handled);
  EXPECT_EQ(handled, encoded);
}

INSTANTIATE_TEST_SUITE_P(styles, counting_style, ::testing::Values("actor", "typed"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace actornet::echo

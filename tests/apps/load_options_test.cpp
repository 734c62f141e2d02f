#include "load_options.hpp"

#include <gtest/gtest.h>

#include "load_option_checks.hpp"

namespace actornet::load {
namespace {

using namespace std::chrono_literals;

const option_checks<load_options> command_line(parse_options, {"actornet-load"});

TEST(load_options, only_the_server_must_be_named) {
  const load_options options = command_line.accepted({});
  EXPECT_EQ(options.target, (net::endpoint{net::endpoint::scheme::tcp, "127.0.0.1", 7411}));
  EXPECT_EQ(options.connections, 1u);
  EXPECT_EQ(options.active, 1u);
  EXPECT_EQ(options.payload_bytes, 64u);
  EXPECT_EQ(options.depth, 1u);
  EXPECT_EQ(options.duration, 5s);
  EXPECT_EQ(options.framing, net::framing::raw);
  EXPECT_FALSE(options.open_loop());
  EXPECT_FALSE(options.server_pid);
}

TEST(load_options, all_options_arrive) {
  const load_options options = command_line.accepted(
      {"--connections", "1000",    "--active",     "100",        "--size", "1024",
       "--depth",       "16",      "--burst",      "--duration", "500ms",  "--framing",
       "length32",      "--typed", "--server-pid", "4711",       "--json", "a.json",
       "--svg",         "a.svg",   "--progress"});
  EXPECT_EQ(options.connections, 1000u);
  EXPECT_EQ(options.active, 100u);
  EXPECT_EQ(options.payload_bytes, 1024u);
  EXPECT_EQ(options.depth, 16u);
  EXPECT_TRUE(options.burst);
  EXPECT_EQ(options.duration, 500ms);
  EXPECT_EQ(options.framing, net::framing::length32);
  EXPECT_TRUE(options.typed);
  EXPECT_EQ(options.server_pid, 4711u);
  EXPECT_EQ(options.json_path, "a.json");
  EXPECT_EQ(options.svg_path, "a.svg");
  EXPECT_TRUE(options.progress);
}

TEST(load_options, all_connections_are_active_unless_told_otherwise) {
  EXPECT_EQ(command_line.accepted({"--connections", "300"}).active, 300u);
  command_line.expect_mistake({"--connections", "3", "--active", "4"}, "--active 4 is more than");
}

TEST(load_options, typed_messages_are_delimited_unless_told_otherwise) {
  EXPECT_EQ(command_line.accepted({"--typed"}).framing, net::framing::delimited);
  command_line.expect_mistake({"--typed", "--framing", "raw"}, "--typed needs");
  command_line.expect_mistake({"--typed", "--framing", "line"}, "--typed needs");
}

TEST(load_options, a_rate_lets_as_many_messages_fly_as_it_takes) {
  const load_options options = command_line.accepted({"--rate", "20000"});
  EXPECT_TRUE(options.open_loop());
  EXPECT_EQ(options.rate, 20000);
  EXPECT_EQ(options.depth, load_options::depth_of_open_loop);
  EXPECT_EQ(command_line.accepted({"--rate", "20000", "--depth", "2"}).depth, 2u);
  command_line.expect_mistake({"--rate", "100", "--burst"},
                              "--burst and --rate exclude each other");
}

TEST(load_options, an_empty_payload_needs_a_framing) {
  EXPECT_EQ(command_line.accepted({"--size", "0", "--framing", "line"}).payload_bytes, 0u);
  EXPECT_EQ(command_line.accepted({"--size", "0", "--typed"}).payload_bytes, 0u);
  command_line.expect_mistake({"--size", "0"}, "--size 0 needs a framing");
}

TEST(load_options, what_is_not_understood_is_one_line_and_exit_code_2) {
  command_line.expect_mistake({"--conections", "3"}, "--conections");
  command_line.expect_mistake({"extra"}, "extra");
  command_line.expect_mistake({"--connections", "many"}, "--connections");
  command_line.expect_mistake({"--connections", "0"}, "--connections");
  command_line.expect_mistake({"--connections", "-1"}, "--connections");
  command_line.expect_mistake({"--connections"}, "--connections");
  command_line.expect_mistake({"--framing", "json"}, "--framing: 'json' is none of");
  command_line.expect_mistake({"--duration", "5"}, "--duration: '5' is not a duration");
  command_line.expect_mistake({"--duration", "0"}, "--duration: '0' is not a duration");
  command_line.expect_mistake({"--rate", "0"}, "--rate");
  command_line.expect_mistake({"--rate", "nan"}, "--rate");
  command_line.expect_mistake({"--server-pid", "0"}, "--server-pid");
  command_line.expect_mistake({"--size", "16777216", "--depth", "5"}, "more than 64 MiB");
  command_line.expect_mistake({"--connections", "1000000", "--depth", "64"},
                              "--active times --depth");
}

TEST(load_options, a_bad_uri_is_named) {
  for (const char* uri : {"127.0.0.1:7411", "http://127.0.0.1", "tcp://", "tcp://h:70000"}) {
    const options_refused outcome = command_line.refused({"--connect", uri});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.text.find(uri), std::string::npos) << outcome.text;
  }
  EXPECT_NE(command_line.refused({"--connect", "tcp://127.0.0.1:0"}).text.find("names no port"),
            std::string::npos);
  EXPECT_NE(command_line.refused({}).text.find("--connect"), std::string::npos);
}

TEST(load_options, help_names_every_option_and_is_no_mistake) {
  const options_refused help = command_line.refused({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* name :
       {"--connect", "--connections", "--active", "--size", "--depth", "--burst", "--rate",
        "--duration", "--framing", "--typed", "--server-pid", "--json", "--svg", "--version"})
    EXPECT_NE(help.text.find(name), std::string::npos) << name;
  const options_refused version = command_line.refused({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.text.substr(0, 14), "actornet-load ");
}

TEST(load_options, a_description_says_what_is_done) {
  EXPECT_EQ(describe(command_line.accepted({"--connections", "1000"})),
            "64 B, raw, depth 1, 1,000 connections");
  EXPECT_EQ(describe(command_line.accepted(
                {"--connections", "10", "--active", "1", "--typed", "--depth", "16", "--burst"})),
            "64 B in an Echo, delimited, bursts of 16, 10 connections, 1 of them active");
  EXPECT_EQ(describe(command_line.accepted({"--rate", "20000", "--framing", "line"})),
            "64 B, line, 20,000 messages/s (open loop), 1 connections");
}

}  // namespace
}  // namespace actornet::load

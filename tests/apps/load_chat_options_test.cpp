#include "chat_options.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "load_option_checks.hpp"

namespace actornet::load {
namespace {

using namespace std::chrono_literals;

const option_checks<chat_options> command_line(parse_chat_options, {"actornet-load", "--chat"});

TEST(load_chat_options, only_the_server_must_be_named) {
  const chat_options options = command_line.accepted({});
  EXPECT_EQ(options.target, (net::endpoint{net::endpoint::scheme::tcp, "127.0.0.1", 7411}));
  EXPECT_EQ(options.members, 2u);
  EXPECT_EQ(options.rooms, 1u);
  EXPECT_EQ(options.outstanding, 1u);
  EXPECT_EQ(options.text_bytes, 128u);
  EXPECT_EQ(options.duration, 5s);
  EXPECT_FALSE(options.open_loop());
  EXPECT_TRUE(options.tokens.empty());
  EXPECT_NE(command_line.refused({}).text.find("--connect URI is missing"), std::string::npos);
}

TEST(load_chat_options, a_websocket_is_a_tcp_connection_with_a_path) {
  const auto parsed = command_line.parse({"--connect", "ws://127.0.0.1:7412/chat?x=1"});
  ASSERT_TRUE(std::holds_alternative<chat_options>(parsed));
  const auto& options = std::get<chat_options>(parsed);
  EXPECT_EQ(options.target, (net::endpoint{net::endpoint::scheme::tcp, "127.0.0.1", 7412}));
  EXPECT_EQ(options.websocket_host, "127.0.0.1:7412");
  EXPECT_EQ(options.websocket_path, "/chat?x=1");
  EXPECT_FALSE(command_line.accepted({}).websocket());
  EXPECT_NE(command_line.refused({"--connect", "ws://"}).text.find("is not an endpoint"),
            std::string::npos);
}

TEST(load_chat_options, all_options_arrive) {
  const chat_options options =
      command_line.accepted({"--members",      "1000",         "--members-from", "500",
                             "--rooms",        "10",           "--room-prefix",  "r",
                             "--stalled",      "100",          "--publishers",   "3",
                             "--publish-rate", "40",           "--size",         "1024",
                             "--warm-up",      "2s",           "--duration",     "1m",
                             "--server-pid",   "4711",         "--json",         "a.json",
                             "--progress",     "--listen-only"});
  EXPECT_EQ(options.members, 1000u);
  EXPECT_EQ(options.members_from, 500u);
  EXPECT_EQ(options.rooms, 10u);
  EXPECT_EQ(options.room_prefix, "r");
  EXPECT_EQ(options.stalled, 100u);
  EXPECT_EQ(options.publishers, 3u);
  EXPECT_EQ(options.rate, 40);
  EXPECT_EQ(options.text_bytes, 1024u);
  EXPECT_EQ(options.warm_up, 2s);
  EXPECT_EQ(options.duration, 60s);
  EXPECT_EQ(options.server_pid, 4711u);
  EXPECT_EQ(options.json_path, "a.json");
  EXPECT_TRUE(options.progress);
  EXPECT_TRUE(options.listen_only);
  EXPECT_EQ(command_line.accepted({"--outstanding", "16"}).outstanding, 16u);
}

TEST(load_chat_options, the_last_members_stall) {
  const chat_options options = command_line.accepted({"--members", "10", "--stalled", "3"});
  EXPECT_FALSE(options.stalls(6));
  EXPECT_TRUE(options.stalls(7));
  EXPECT_TRUE(options.stalls(9));
}

TEST(load_chat_options, tokens_stand_in_a_file_a_line_each) {
  const auto path = std::filesystem::temp_directory_path() / "actornet-load-chat-tokens";
  std::ofstream(path) << "one\n\ntwo\n";
  const std::string file = path.string();
  EXPECT_EQ(command_line.accepted({"--token", file.c_str()}).tokens,
            (std::vector<std::string>{"one", "two"}));
  std::filesystem::remove(path);
  command_line.expect_mistake({"--token", file.c_str()}, "no token in");
}

TEST(load_chat_options, what_is_not_understood_is_one_line_and_exit_code_2) {
  command_line.expect_mistake({"--membres", "3"}, "--membres");
  command_line.expect_mistake({"--members", "0"}, "--members");
  command_line.expect_mistake({"--members", "3", "--stalled", "3"}, "leaves nobody");
  command_line.expect_mistake({"--size", "15"}, "--size");
  command_line.expect_mistake({"--publish-rate", "0"}, "--publish-rate");
  command_line.expect_mistake({"--publish-rate", "nan"}, "--publish-rate");
  command_line.expect_mistake({"--publish-rate", "4", "--outstanding", "2"}, "exclude each other");
  command_line.expect_mistake({"--outstanding", "513"}, "--outstanding");
  command_line.expect_mistake({"--warm-up", "soon"}, "--warm-up: 'soon' is not a duration");
  command_line.expect_mistake({"--duration", "0"}, "--duration: '0' is not a duration");
}

TEST(load_chat_options, a_description_says_what_is_done) {
  EXPECT_EQ(describe(command_line.accepted({})), "128 B to 2 members in 1 room, 1 outstanding");
  EXPECT_EQ(describe(command_line.accepted(
                {"--members", "10000", "--stalled", "1000", "--publish-rate", "4"})),
            "128 B to 10,000 members in 1 room, 1,000 of them stalled, 4.0 messages/s (open loop)");
  EXPECT_EQ(describe(command_line.accepted({"--rooms", "2", "--listen-only"})),
            "128 B to 2 members in 2 rooms, listening");
}

}  // namespace
}  // namespace actornet::load

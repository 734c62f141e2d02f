// actornet-chat with the chat server of this build, on real sockets: scripts and a terminal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <memory>

#include "chat_client_terminal.hpp"
#include "chat_server_program.hpp"

namespace actornet::talk {
namespace {

using load::child_program;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

words script_of(const std::string& uri, const std::string& name, const words& more = {}) {
  words all = {uri, "--name", name, "--json"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// The next line that has @p part in it; those before it are gone. Empty after a minute or so.
std::string line_with(child_program& from, const std::string& part) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (std::chrono::steady_clock::now() < deadline) {
    const std::string line = from.read_line();
    if (line.empty() || line.find(part) != std::string::npos)
      return line;
  }
  return {};
}

TEST(chat_client_end_to_end, scripts_talk_over_websocket_and_tcp) {
  chat_server server({"ws://127.0.0.1:0", "tcp://127.0.0.1:0"});
  child_program bob("actornet-chat", script_of(server.uri(1), "bob"));
  EXPECT_THAT(line_with(bob, "joined"), HasSubstr(R"("names":["bob"])"));
  child_program ann("actornet-chat", script_of(server.uri(0), "ann"));
  ann.write(
      "hello\n{\"request\":7,\"publish\":{\"room\":\"lobby\",\"id\":\"x1\",\"text\":\"again\"}}\n");
  ann.close_input();
  EXPECT_THAT(line_with(bob, "hello"), HasSubstr(R"("user":"ann")"));
  EXPECT_THAT(line_with(bob, "again"), HasSubstr(R"("id":"x1")"));
  EXPECT_EQ(ann.wait(), 0);
  EXPECT_THAT(ann.output(), HasSubstr(R"({"request":7,"published":{"room":"lobby","id":"x1")"));
  EXPECT_THAT(ann.output(), HasSubstr(R"({"state":"closed","reason":"quit","unacknowledged":0})"));
  EXPECT_THAT(line_with(bob, "presence"), HasSubstr("ann")) << "it came";
  bob.close_input();
  EXPECT_EQ(bob.wait(), 0);
  EXPECT_EQ(server.stop(), 0);
}

TEST(chat_client_end_to_end, a_server_that_starts_again_with_its_history_costs_nothing) {
  scratch_folder scratch;
  const words kept = {"--history-db", scratch.file("chat.db")};
  auto server = std::make_unique<chat_server>(words{"ws://127.0.0.1:0"}, kept);
  const std::string uri = server->uri();
  child_program bob("actornet-chat", script_of(uri, "bob"));
  child_program ann("actornet-chat", script_of(uri, "ann"));
  ASSERT_NE(line_with(ann, "joined"), "");
  ann.write("one\n");
  ASSERT_NE(line_with(bob, "\"one\""), "");
  EXPECT_EQ(server->stop(), 0);
  ASSERT_NE(line_with(ann, R"("state":"waiting")"), "");
  ann.write("two\nthree\n");
  server = std::make_unique<chat_server>(words{uri}, kept);
  ann.close_input();
  EXPECT_EQ(ann.wait(), 0);
  ASSERT_NE(line_with(bob, "\"two\""), "");
  ASSERT_NE(line_with(bob, "\"three\""), "");
  bob.close_input();
  EXPECT_EQ(bob.wait(), 0);
  EXPECT_THAT(bob.output() + ann.output(), Not(HasSubstr("\"gap\"")));
}

TEST(chat_client_end_to_end, a_server_that_forgot_everything_is_one_gap) {
  auto server = std::make_unique<chat_server>(words{"tcp://127.0.0.1:0"});
  const std::string uri = server->uri();
  child_program bob("actornet-chat", script_of(uri, "bob"));
  ASSERT_NE(line_with(bob, "joined"), "");
  bob.write("one\n");
  ASSERT_NE(line_with(bob, "published"), "");
  EXPECT_EQ(server->stop(), 0);
  server = std::make_unique<chat_server>(words{uri});
  bob.write("two\n");
  ASSERT_NE(line_with(bob, "GAP_REASON_NEW_EPOCH"), "");
  ASSERT_NE(line_with(bob, "\"two\""), "");
  bob.close_input();
  EXPECT_EQ(bob.wait(), 0);
  EXPECT_THAT(bob.output(), Not(HasSubstr("\"gap\"")));
}

TEST(chat_client_end_to_end, a_refusal_is_exit_code_4) {
  scratch_folder scratch;
  std::ofstream(scratch.file("key")) << std::string(64, 'k');
  std::ofstream(scratch.file("token")) << "no.token.atall\n";
  chat_server server({"ws://127.0.0.1:0"}, {"--auth", "jwt", "--jwt-key", scratch.file("key")});
  child_program ann("actornet-chat",
                    {server.uri(), "--token-file", scratch.file("token"), "--json"});
  EXPECT_EQ(ann.wait(), 4);
  EXPECT_THAT(ann.output(), HasSubstr("FAILURE_CODE_BAD_TOKEN"));
  EXPECT_THAT(ann.output(), HasSubstr(R"("reason":"refused")"));
}

TEST(chat_client_end_to_end, tls_with_a_certificate_that_is_trusted) {
  scratch_folder scratch;
  scratch.make_certificate();
  chat_server server({"wss://127.0.0.1:0", "tls://127.0.0.1:0"},
                     {"--tls-cert", scratch.file("pem"), "--tls-key", scratch.file("key")});
  for (const std::size_t i : {0u, 1u}) {
    child_program ann("actornet-chat",
                      script_of(server.uri(i), "ann", {"--ca", scratch.file("pem")}));
    ann.write("hello\n");
    ann.close_input();
    EXPECT_EQ(ann.wait(), 0);
    EXPECT_THAT(ann.output(), HasSubstr("\"published\"")) << server.uri(i);
  }
}

TEST(chat_client_end_to_end, a_certificate_that_is_not_trusted_ends_it_at_once) {
  scratch_folder scratch;
  scratch.make_certificate();
  chat_server server({"wss://127.0.0.1:0", "tls://127.0.0.1:0"},
                     {"--tls-cert", scratch.file("pem"), "--tls-key", scratch.file("key")});
  for (const std::size_t i : {0u, 1u}) {
    child_program ann("actornet-chat", script_of(server.uri(i), "ann"));
    EXPECT_EQ(ann.wait(), 2);
    EXPECT_THAT(ann.errors(), HasSubstr("certificate is not trusted by the system"));
    EXPECT_THAT(ann.output(), HasSubstr(R"("reason":"unreachable")"));
  }
  EXPECT_EQ(server.metric("chat_tls_failed_total"), 2);
  EXPECT_EQ(server.stop(), 0);
}

TEST(chat_client_end_to_end, what_cannot_begin_is_one_line_and_exit_code_2) {
  const std::vector<words> wrong = {{"--frobnicate"},
                                    {},
                                    {"http://127.0.0.1:1", "--name", "ann"},
                                    {"--name", "an  n"},
                                    {"--name", "ann", "--room", ""},
                                    {"--token-file", "/nowhere/at/all"},
                                    {"wss://localhost", "--name", "ann", "--ca", "/nowhere"}};
  for (const words& arguments : wrong) {
    child_program ann("actornet-chat", arguments);
    EXPECT_EQ(ann.wait(), 2) << testing::PrintToString(arguments);
    EXPECT_EQ(ann.output(), "");
    EXPECT_EQ(std::ranges::count(ann.errors(), '\n'), 1) << ann.errors();
  }
}

TEST(chat_client_end_to_end, a_signal_ends_it_in_order) {
  chat_server server({"ws://127.0.0.1:0"});
  child_program ann("actornet-chat", script_of(server.uri(), "ann"));
  ASSERT_NE(line_with(ann, "joined"), "");
  ann.signal(SIGTERM);
  EXPECT_EQ(ann.wait(), 0);
  EXPECT_THAT(ann.output(), HasSubstr(R"("state":"closed")"));
}

// -- a terminal -----------------------------------------------------------------------------------

TEST(chat_client_terminal, a_screen_of_30_columns) {
  chat_server server({"ws://127.0.0.1:0", "tcp://127.0.0.1:0"});
  terminal_program ann(30, {server.uri(0), "--name", "ann"});
  ASSERT_TRUE(ann.shows("lobby: 1 is here: ann --")) << ann.screen.text();
  ann.type("half a li");
  ASSERT_TRUE(ann.shows("lobby> half a li"));
  child_program bob("actornet-chat", script_of(server.uri(1), "bob"));
  bob.write("the quick brown fox jumps over \\u001b[2J the lazy dog\n");
  ASSERT_TRUE(ann.shows("dog\n")) << ann.screen.text();
  ASSERT_TRUE(ann.shows("dog\nlobby> half a li")) << ann.screen.text();
  EXPECT_THAT(ann.screen.text(), HasSubstr(" bob: the quick brown fox\n"
                                           "           jumps over"));
  ann.type("ne\r");
  ASSERT_TRUE(ann.shows(" ann: half a line\n")) << ann.screen.text();
  for (const std::string& line : ann.screen.lines())
    EXPECT_LE(line.size(), 30u) << line;
  EXPECT_EQ(ann.screen.wrapped(), 0u) << ann.screen.text();
  EXPECT_EQ(ann.screen.odd_codes(), 0u);
  EXPECT_FALSE(ann.is_as_before());
  ann.type("/quit\r");
  EXPECT_EQ(ann.wait(), 0);
}

TEST(chat_client_terminal, the_terminal_is_given_back) {
  chat_server server({"ws://127.0.0.1:0"});
  terminal_program ann(80, {server.uri(0), "--name", "ann"});
  ASSERT_TRUE(ann.shows("1 is here: ann"));
  ann.type("\x04");
  EXPECT_EQ(ann.wait(), 0);
  EXPECT_TRUE(ann.is_as_before());
}

}  // namespace
}  // namespace actornet::talk

// The chat server of this build on real sockets: who does not read, and who speaks something else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat_server_program.hpp"

namespace actornet::talk {
namespace {

using echo::plain_client;
using load::child_program;
using testing::ContainsRegex;
using namespace std::string_literals;

// bench/slow_members.py does the same with 1,000 of 10,000.
TEST(chat_server, who_does_not_read_is_closed_as_slow_and_costs_the_others_nothing) {
  chat_server server({"tcp://127.0.0.1:0", "ws://127.0.0.1:0"},
                     {"--rate-connection", "0", "--rate-address", "0", "--send-buffer", "16384",
                      "--unsent-max", "16384"});
  const std::string websocket = "ws://127.0.0.1:" + std::to_string(server.port(1)) + "/ws";
  long closed = 0;
  for (const std::string& uri : {server.uri(0), websocket}) {
    // 150 messages of 1 KiB: more than the buffers of two sockets and what may wait.
    child_program load("actornet-load",
                       {"--chat", "--connect", uri, "--members", "60", "--stalled", "20", "--size",
                        "1024", "--publish-rate", "50", "--warm-up", "10ms", "--duration", "3s",
                        "--room-prefix", uri.substr(0, 2)});
    EXPECT_EQ(load.wait(), 0) << load.errors();
    EXPECT_THAT(load.output(), ContainsRegex("stalled, closed +20 +of 20"));
    EXPECT_THAT(load.output(), ContainsRegex("lost +0\n"));
    EXPECT_EQ(server.metric("chat_slow_closed_total"), closed += 20) << uri;
  }
  EXPECT_EQ(server.stop(), 0);
}

// What a client of TLS says first, as far as it matters.
const std::string client_hello =
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s + std::string(500, 'x');

TEST(chat_server, who_speaks_something_else_gets_a_clean_end_and_is_counted) {
  scratch_folder scratch;
  scratch.make_certificate();
  chat_server server(
      {"tcp://127.0.0.1:0", "ws://127.0.0.1:0", "tls://127.0.0.1:0", "wss://127.0.0.1:0"},
      {"--tls-cert", scratch.file("pem"), "--tls-key", scratch.file("key")});
  const std::string hello = echo::delimited("\x08\x01\x12\x07\x08\x01\x1a\x03\x61nn"s);
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  const struct {
    std::size_t listener;
    std::string said;
    const char* counter;
  } all[] = {{0, client_hello, "actornet_connections_failed_total"},
             {1, client_hello, "chat_http_bad_requests_total"},
             {1, hello, "chat_http_bad_requests_total"},
             {2, hello, "chat_tls_failed_total"},
             {3, request, "chat_tls_failed_total"}};
  for (const auto& each : all) {
    const long before = server.metric(each.counter);
    plain_client client(server.port(each.listener));
    ASSERT_EQ(client.send_some(each.said), each.said.size());
    EXPECT_EQ(client.wait_for_end(), plain_client::outcome::end) << each.listener;
    client.close();
    EXPECT_EQ(server.metric_that_becomes(before + 1, each.counter), before + 1)
        << each.listener << " " << each.counter;
  }
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace actornet::talk

// A typed connection over WebSocket: JSON in text, protobuf in binary messages, as the subprotocol
// says.

#include <gtest/gtest.h>

#include <string>

#include "actornet/connection.hpp"
#include "actornet/echo/v1/echo.pb.h"
#include "actornet/runtime.hpp"
#include "actornet/web/web_filter.hpp"
#include "sim/loop_support.hpp"

namespace actornet::web {
namespace {

using echo::v1::Echo;
using namespace std::string_literals;
using data = net::websocket_rules::data;

std::string handshake(const std::string& protocol) {
  return "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Protocol: " +
         protocol + "\r\n\r\n";
}

/// A client's message whose mask is zero.
std::string masked(char opcode, const std::string& payload) {
  return std::string{static_cast<char>('\x80' | opcode), static_cast<char>(0x80 | payload.size())} +
         "\0\0\0\0"s + payload;
}

task<> echo(connection<Echo, Echo> peer) {
  for (;;) {
    const auto message = co_await peer.receive();
    if (!message)
      co_return;
    const auto sent = co_await peer.send(*message);
    if (!sent)
      co_return;
  }
}

/// What the server answers, its end included, to @p sent after a handshake for @p protocol.
std::string answer(const std::string& protocol, const std::string& sent) {
  web_options web;
  web.websocket.emplace();
  web.websocket->protocols = {{"json", data::text}, {"protobuf", data::binary}};
  listen_options options;
  options.filter = web_filter(std::move(web));
  sim::world world(1);
  runtime_options simulated;
  simulated.loops = 1;
  simulated.backends = world.backends();
  runtime rt(simulated);
  const auto where = rt.listen("ws://127.0.0.1:0/", echo, std::move(options));
  rt.start();
  sim::peer peer(world, where.transport());
  peer.send(handshake(protocol) + sent);
  EXPECT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_TRUE(world.run_until([&] { return rt.connections() == 0; })) << world;
  const std::string& all = peer.received();
  return all.substr(all.find("\r\n\r\n") + 4);
}

const std::string close_frame = "\x88\x80\0\0\0\0"s;

TEST(web_formats, text_carries_json) {
  const std::string json = R"({"payload":"aGk="})";
  EXPECT_EQ(answer("json", masked('\x1', json) + close_frame), "\x81\x12" + json + "\x88\0"s);
}

TEST(web_formats, binary_carries_protobuf) {
  const std::string binary = "\x0a\x02hi";
  EXPECT_EQ(answer("protobuf", masked('\x2', binary) + close_frame),
            "\x82\x04" + binary + "\x88\0"s);
}

TEST(web_formats, text_that_is_no_such_json_is_an_invalid_payload) {
  EXPECT_EQ(answer("json", masked('\x1', "{]")), "\x88\x02\x03\xef") << "1007";
}

}  // namespace
}  // namespace actornet::web

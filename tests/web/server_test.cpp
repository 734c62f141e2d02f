// WebSocket and HTTP through a runtime: its session speaks typed or raw messages and knows of
// neither.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "actornet/runtime.hpp"
#include "actornet/web/web_filter.hpp"
#include "sim/loop_support.hpp"

namespace actornet::web {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

listen_options of_the_web(std::optional<deflate_options> deflate = {}) {
  web_options web;
  web.on_request = [](const http_request&) { return http_response{200, {}, "a page"}; };
  web.websocket.emplace();
  web.websocket->path = "/ws";
  web.websocket->protocols = {{"echo"}};
  web.websocket->message_bytes_max = 100'000;
  web.websocket->deflate = deflate;
  listen_options options;
  options.stream.framing = net::framing::delimited;
  options.stream.frame_bytes_max = 100'000;
  options.stream.output_bytes_max = 1'000'000;
  options.filter = web_filter(std::move(web));
  return options;
}

task<> echo(byte_stream peer) {
  while (const auto message = co_await peer.read())
    if (!co_await peer.write(*message))
      co_return;
}

void an_independent_client_is_content(listen_options with, const std::string& how) {
  runtime_options two_loops;
  two_loops.loops = 2;
  runtime rt(two_loops);
  const auto where = rt.listen("tcp://127.0.0.1:0", echo, std::move(with));
  rt.start();
  const std::string command = "/usr/bin/python3 " ACTORNET_SOURCE_DIR
                              "/tests/web/websocket_client.py " +
                              std::to_string(where.port) + " " + how;
  EXPECT_EQ(std::system(command.c_str()), 0) << how;
  EXPECT_EQ(rt.stop(10s), 0u);
}

TEST(web_server, an_independent_client_is_content) {
  an_independent_client_is_content(of_the_web(), "");
}

TEST(web_server, an_independent_client_is_content_with_compressed_messages) {
  for (const bool keeps_context : {false, true})
    an_independent_client_is_content(
        of_the_web(deflate_options{.context_takeover = keeps_context, .message_bytes_min = 1}),
        "deflate");
}

// -- in a simulated world -------------------------------------------------------------------------

constexpr const char* handshake =
    "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

struct simulated {
  explicit simulated(std::uint64_t seed, listen_options options = of_the_web())
      : world(seed), rt(options_in(world)) {
    where = rt.listen("tcp://127.0.0.1:0", echo, std::move(options));
    rt.start();
  }
  // The peers are gone: their connections must end.
  ~simulated() {
    EXPECT_TRUE(world.run_until([this] { return rt.connections() == 0; })) << world;
  }

  static runtime_options options_in(sim::world& world) {
    runtime_options options;
    options.loops = 1;
    options.backends = world.backends();
    return options;
  }

  sim::world world;
  runtime rt;
  net::endpoint where;
};

TEST(web_server, whatever_the_network_does_to_the_bytes_messages_come_back_whole) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    simulated here(seed);
    sim::peer peer(here.world, here.where);
    peer.send(handshake + "\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s + "\x88\x80\0\0\0\0"s);
    ASSERT_TRUE(here.world.run_until([&] { return peer.saw_end_of_stream(); })) << here.world;
    EXPECT_TRUE(peer.received().ends_with("\r\n\r\n\x82\x05Hello\x88\0"s)) << seed;
  }
}

TEST(web_server, a_drain_says_that_the_server_goes_away) {
  simulated here(1);
  sim::peer peer(here.world, here.where);
  peer.send(handshake);
  ASSERT_TRUE(here.world.run_until([&] { return peer.received().ends_with("\r\n\r\n"); }));
  std::size_t cut = 1;
  here.rt.drain(1s, [&cut](std::size_t count) { cut = count; });
  ASSERT_TRUE(here.world.run_until([&] { return peer.saw_end_of_stream(); })) << here.world;
  EXPECT_TRUE(peer.received().ends_with("\x88\x02\x03\xe9")) << "1001";
  peer.close();
  ASSERT_TRUE(here.world.run_until([&] { return cut == 0; })) << here.world;
}

TEST(web_server, who_upgrades_may_be_silent_for_as_long_as_the_idle_limit) {
  listen_options options = of_the_web();
  options.stream.handshake_timeout = 1s;
  options.stream.idle_timeout = 1min;
  simulated here(1, std::move(options));
  sim::peer silent(here.world, here.where);
  sim::peer upgraded(here.world, here.where);
  upgraded.send(handshake);
  ASSERT_TRUE(here.world.run_for(30s));
  EXPECT_TRUE(silent.closed() || silent.saw_end_of_stream());
  EXPECT_FALSE(upgraded.saw_end_of_stream());
  ASSERT_TRUE(here.world.run_for(1min));
  EXPECT_TRUE(upgraded.closed() || upgraded.saw_end_of_stream());
}

// -- who is still there ---------------------------------------------------------------------------

listen_options that_ping() {
  web_options web;
  web.websocket.emplace().path = "/ws";
  web.websocket->ping_interval = 10s;
  listen_options options;
  options.stream.idle_timeout = 1h;
  options.filter = web_filter(std::move(web));
  return options;
}

constexpr const char* ping = "\x89";  // and a length of zero

TEST(web_server, a_silent_peer_is_pinged_once_and_then_gone) {
  simulated here(1, that_ping());
  sim::peer peer(here.world, here.where);
  peer.send(handshake);
  ASSERT_TRUE(here.world.run_for(9s));
  EXPECT_TRUE(peer.take_received().ends_with("\r\n\r\n")) << "no ping yet";
  ASSERT_TRUE(here.world.run_for(3s));
  EXPECT_EQ(peer.take_received(), ping + "\0"s);
  EXPECT_EQ(here.rt.connections(), 1u);
  ASSERT_TRUE(here.world.run_for(11s));
  EXPECT_EQ(here.rt.connections(), 0u);
  EXPECT_EQ(here.rt.loops().at(0).counted.connections_failed.value(), 1u);
}

TEST(web_server, a_peer_that_answers_stays_until_the_idle_limit) {
  simulated here(1, that_ping());
  sim::peer peer(here.world, here.where);
  std::size_t pings = 0;
  peer.on_received([&](std::string_view came) {
    if (came.find(ping) == std::string::npos)
      return;
    ++pings;
    peer.send("\x8a\x80\0\0\0\0"s);
  });
  peer.send(handshake);
  ASSERT_TRUE(here.world.run_for(59min));
  EXPECT_EQ(here.rt.connections(), 1u);
  EXPECT_GT(pings, 300u);
  EXPECT_LT(pings, 360u);
  ASSERT_TRUE(here.world.run_for(2min));
  EXPECT_EQ(here.rt.connections(), 0u) << "a pong is no message";
}

TEST(web_server, who_talks_is_not_pinged) {
  simulated here(1, that_ping());
  sim::peer peer(here.world, here.where);
  peer.send(handshake);
  for (int i = 0; i < 20; ++i)
    peer.wait(6s).send("\x82\x81\0\0\0\0x"s);
  ASSERT_TRUE(here.world.run_for(119s));
  EXPECT_EQ(peer.received().find(ping), std::string::npos);
}

// -- who speaks something else --------------------------------------------------------------------

// A record of TLS with a ClientHello, as far as it matters.
const std::string client_hello =
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s + std::string(500, 'x');

TEST(web_server, tls_at_its_port_gets_a_clean_end_and_is_counted) {
  web_options web;
  web.counters = std::make_shared<web_counters>();
  listen_options options;
  options.filter = web_filter(web);
  simulated here(1, std::move(options));
  sim::peer peer(here.world, here.where);
  peer.send(client_hello);
  ASSERT_TRUE(here.world.run_until([&] { return peer.saw_end_of_stream(); })) << here.world;
  EXPECT_FALSE(peer.saw_reset());
  EXPECT_TRUE(peer.received().starts_with("HTTP/1.1 400 "));
  EXPECT_EQ(web.counters->bad_requests.load(), 1u);
}

// -- limits of what it answers --------------------------------------------------------------------

// Its pongs cannot leave: the server must not go on reading.
TEST(web_server, a_peer_that_asks_and_never_reads_is_not_listened_to) {
  simulated here(1);
  sim::peer peer(here.world, here.where);
  peer.send(handshake);
  ASSERT_TRUE(here.world.run_until([&] { return peer.received().ends_with("\r\n\r\n"); }));
  peer.stop_reading();
  std::string pings;
  for (int i = 0; i < 20'000; ++i)
    pings += "\x89\xfd\0\0\0\0"s + std::string(125, 'x');
  peer.send(pings);
  ASSERT_TRUE(here.world.run_for(20s));
  EXPECT_LT(here.rt.loops().at(0).counted.bytes_received.value(), pings.size() / 2);
  ASSERT_TRUE(here.world.run_for(20s));
  EXPECT_EQ(here.rt.connections(), 0u) << "after the write timeout";
}

}  // namespace
}  // namespace actornet::web

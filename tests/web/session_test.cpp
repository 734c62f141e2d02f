// When the session of a filtered connection begins: after the handshake, or never.

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "actornet/runtime.hpp"
#include "actornet/web/web_filter.hpp"
#include "sim/loop_support.hpp"

namespace actornet::web {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr const char* handshake =
    "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
constexpr const char* request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

listen_options of_the_web() {
  web_options web;
  web.on_request = [](const http_request&) { return http_response{200, {}, "a page"}; };
  web.websocket.emplace();
  web.websocket->path = "/ws";
  listen_options options;
  options.stream.handshake_timeout = 10s;
  options.filter = web_filter(std::move(web));
  return options;
}

/// A server whose sessions say "hi" and are counted.
struct greeter {
  explicit greeter(std::uint64_t seed = 1, listen_options options = of_the_web())
      : world(seed), rt(options_in(world)) {
    where = rt.listen(
        "tcp://127.0.0.1:0",
        [this](byte_stream peer) -> task<> {
          ++sessions;
          if (throws)
            throw std::runtime_error("no session");
          return greet(std::move(peer));
        },
        std::move(options));
    rt.start();
  }
  ~greeter() {
    EXPECT_TRUE(world.run_until([this] { return rt.connections() == 0; })) << world;
    EXPECT_EQ(world.open_descriptors(), listeners);
  }

  task<> greet(byte_stream peer) {
    co_await peer.write("hi");
    const auto message = co_await peer.read();
    end = message.error();
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
  std::size_t listeners = 1;  // at the end
  int sessions = 0;
  bool throws = false;
  std::error_code end;
};

TEST(web_session, begins_when_the_handshake_is_over_and_may_speak_first) {
  greeter here;
  sim::peer chatter(here.world, here.where);
  chatter.send(std::string(handshake).substr(0, 50));
  ASSERT_TRUE(here.world.run_for(1s));
  EXPECT_EQ(here.sessions, 0);
  EXPECT_EQ(here.rt.connections(), 1u) << "it counts all the same";
  chatter.send(std::string(handshake).substr(50));
  ASSERT_TRUE(here.world.run_until([&] { return chatter.received().ends_with("\x82\x02hi"); }))
      << here.world;
  EXPECT_EQ(here.sessions, 1);
}

TEST(web_session, there_is_none_for_who_only_makes_requests) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    greeter here(seed);
    sim::peer browser(here.world, here.where);
    browser.send(request + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"s);
    ASSERT_TRUE(here.world.run_until([&] { return browser.saw_end_of_stream(); })) << here.world;
    EXPECT_TRUE(browser.received().ends_with("\r\n\r\na page"));
    EXPECT_EQ(here.sessions, 0);
  }
}

TEST(web_session, there_is_none_when_the_peer_ends_resets_or_is_silent_in_the_handshake) {
  greeter here;
  sim::peer ends(here.world, here.where);
  sim::peer resets(here.world, here.where);
  sim::peer silent(here.world, here.where);
  for (sim::peer* const each : {&ends, &resets})
    each->send("GET /ws HT");
  ASSERT_TRUE(here.world.run_for(1s));
  ends.shutdown_write();
  resets.reset();
  ASSERT_TRUE(here.world.run_until([&] { return here.rt.connections() == 1; })) << here.world;
  ASSERT_TRUE(here.world.run_for(10s));
  EXPECT_EQ(here.rt.connections(), 0u) << "after the handshake limit";
  EXPECT_EQ(here.sessions, 0);
}

TEST(web_session, a_peer_may_say_more_right_behind_the_handshake) {
  greeter here;
  sim::peer peer(here.world, here.where);
  peer.send(handshake + "\x82\x80\0\0\0\0"s);
  ASSERT_TRUE(here.world.run_until([&] { return peer.saw_end_of_stream(); })) << here.world;
  EXPECT_TRUE(peer.received().ends_with("\x82\x02hi\x88\x02\x03\xe8"s)) << "1000, an orderly end";
  EXPECT_FALSE(here.end);
}

TEST(web_session, a_drain_ends_connections_that_have_none_in_order) {
  greeter here;
  sim::peer browser(here.world, here.where);
  sim::peer late(here.world, here.where);
  browser.send(request);
  ASSERT_TRUE(here.world.run_until([&] { return browser.received().ends_with("a page"); }));
  late.send(handshake);
  ASSERT_TRUE(here.world.run_until([&] { return here.rt.connections() == 2; })) << here.world;
  std::optional<std::size_t> cut;
  here.listeners = 0;
  here.rt.drain(5s, [&cut](std::size_t count) { cut = count; });
  ASSERT_TRUE(here.world.run_until([&] {
    return browser.saw_end_of_stream() && late.saw_end_of_stream();
  })) << here.world;
  browser.close();
  late.close();
  ASSERT_TRUE(here.world.run_until([&] { return cut.has_value(); })) << here.world;
  EXPECT_EQ(*cut, 0u);
}

TEST(web_session, one_that_throws_ends_its_connection_with_the_reason) {
  greeter here;
  here.throws = true;
  sim::peer peer(here.world, here.where);
  peer.send(handshake);
  ASSERT_TRUE(here.world.run_until([&] { return peer.closed() || peer.saw_end_of_stream(); }))
      << here.world;
  EXPECT_EQ(here.sessions, 1);
}

TEST(web_session, connections_without_one_are_limited_too) {
  listen_options options = of_the_web();
  options.acceptor.connections_max = 1;
  greeter here(1, std::move(options));
  sim::peer first(here.world, here.where);
  first.send(request);
  ASSERT_TRUE(here.world.run_until([&] { return first.received().ends_with("a page"); }));
  sim::peer second(here.world, here.where);
  second.send(handshake);
  ASSERT_TRUE(here.world.run_for(1s));
  EXPECT_EQ(here.sessions, 0);
  EXPECT_TRUE(second.closed() || second.saw_end_of_stream());
}

}  // namespace
}  // namespace actornet::web

// Dials with a filter: its handshake belongs to the dial.

#include "actornet/connection_pool.hpp"
#include "actornet/dial.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/time.hpp"
#include "actornet/reconnect.hpp"
#include "sim/seeds.hpp"
#include "simulated_client.hpp"
#include "toy_filter.hpp"

namespace actornet {
namespace {

using net::never;

dial_options with_filter() {
  dial_options options;  // delimited
  options.filter = toy_client(false);
  return options;
}

listen_options filtered_options() {
  listen_options options = framed_options();
  options.filter = toy_server(false);
  return options;
}

std::string as(std::string_view scheme, const net::endpoint& where, std::string_view path = {}) {
  return std::string(scheme) + "://" + where.host + ':' + std::to_string(where.port) +
         std::string(path);
}

/// A dial to peers that a test plays, and how it ended.
struct dialed_peers {
  explicit dialed_peers(dial_options options = with_filter()) : how(std::move(options)) {}

  void begin(net::time_point deadline = never) {
    client.begin([this, deadline]() -> task<> {
      auto dialed = co_await dial<byte_stream>(as("ws", where(), "/chat?a=b"), deadline, how);
      at = (co_await this_task()).home().now();
      over = true;
      error = dialed.error();
      if (!dialed)
        co_return;
      auto next = co_await dialed->read();
      if (next)
        first = next->text();
    });
  }
  net::endpoint where() { return *net::parse_endpoint(peers.uri()); }
  net::time_point now() { return client.loop(0).now(); }
  void finish() {
    ASSERT_TRUE(world.run_until([this] { return over; })) << world;
  }

  dial_options how;
  sim::world world{1};
  simulated_peers peers{world};
  simulated_client client{world};
  bool over = false;
  std::string first;  // message
  std::error_code error;
  net::time_point at{};
};

TEST(filtered_dial, is_over_when_the_handshake_is_and_names_host_and_path) {
  dialed_peers here;
  here.begin();
  sim::peer& server = here.peers.next();
  ASSERT_TRUE(here.world.run_until([&] { return server.received().ends_with('\n'); }));
  EXPECT_EQ(server.received(), "HI " + here.where().host + " /chat?a=b\n");
  ASSERT_TRUE(here.world.run_for(1s));
  EXPECT_FALSE(here.over);
  server.send("OK\n");
  here.finish();
  EXPECT_FALSE(here.error);
  server.shutdown_write();
  here.client.expect_no_connection();
}

TEST(filtered_dial, messages_go_both_ways) {
  sim::for_each_seed([](sim::world& world) {
    simulated_server server(world, filtered_options());
    simulated_client client(world);
    server.drop_bystander();
    std::vector<std::string> answers;
    client.run([&]() -> task<> {
      auto peer = co_await dial<byte_stream>(as("tls", server.where()), never, with_filter());
      EXPECT_TRUE(peer) << peer.error();
      for (const char* text : {"a", "", "b"}) {
        co_await peer->write(text);
        answers.emplace_back((co_await peer->read())->text());
      }
    });
    EXPECT_EQ(answers, (std::vector<std::string>{"a", "", "b"}));
    client.expect_no_connection();
  });
}

TEST(filtered_dial, what_comes_right_behind_the_handshake_is_there) {
  dialed_peers here;
  here.begin();
  here.peers.next().send("OK\n" + framed("welcome"));
  here.peers[0].shutdown_write();
  ASSERT_TRUE(here.client.finish()) << here.world;
  EXPECT_EQ(here.first, "welcome");
  here.client.expect_no_connection();
}

TEST(filtered_dial, a_handshake_that_fails_is_its_error) {
  dialed_peers here;
  here.begin();
  here.peers.next().send("NO\n");
  here.finish();
  EXPECT_EQ(here.error, errc::tls_failed);
  here.peers[0].shutdown_write();
  here.client.expect_no_connection();
}

TEST(filtered_dial, an_end_or_a_reset_in_the_handshake_is_its_error) {
  dialed_peers ends;
  ends.begin();
  ends.peers.next().shutdown_write();
  ends.finish();
  EXPECT_EQ(ends.error, errc::end_of_stream);
  dialed_peers resets;
  resets.begin();
  resets.peers.next().reset();
  resets.finish();
  EXPECT_EQ(resets.error, errc::connection_reset);
  ends.client.expect_no_connection();
  resets.client.expect_no_connection();
}

TEST(filtered_dial, the_deadline_covers_the_handshake) {
  dialed_peers here;
  const net::time_point begun = here.now();
  here.begin(begun + 5s);
  here.peers.next();
  here.finish();
  EXPECT_EQ(here.error, errc::timed_out);
  EXPECT_EQ(here.at, begun + 5s);
  here.client.expect_no_connection();
}

TEST(filtered_dial, without_a_deadline_the_handshake_has_a_limit_of_its_own) {
  dial_options options = with_filter();
  options.filter_timeout = 7s;
  dialed_peers here(std::move(options));
  here.begin();
  here.peers.next();
  const net::time_point connected = here.now();
  here.finish();
  EXPECT_EQ(here.error, errc::handshake_timeout);
  EXPECT_GE(here.at, connected + 6s);
  EXPECT_LE(here.at, connected + 7s);
  here.client.expect_no_connection();
}

TEST(filtered_dial, a_drain_ends_it) {
  dialed_peers here;
  here.begin();
  here.peers.next();
  ASSERT_TRUE(here.world.run_for(100ms));
  EXPECT_EQ(here.client.drain(), 0u);
  EXPECT_EQ(here.error, errc::shutting_down);
}

TEST(filtered_dial, a_task_that_is_to_stop_gives_it_up) {
  dialed_peers here;
  std::error_code error;
  here.client.run([&]() -> task<> {
    const auto inside = [](dialed_peers& all, std::error_code& why) -> task<> {
      why = (co_await dial<byte_stream>(as("ws", all.where()), never, all.how)).error();
    };
    const net::time_point soon = (co_await this_task()).home().now() + 3s;
    co_await with_deadline(soon, inside(here, error));
  });
  EXPECT_EQ(error, errc::timed_out);
  here.client.expect_no_connection();
}

TEST(filtered_dial, a_uri_that_needs_a_filter_says_so) {
  for (const char* scheme : {"ws", "wss", "tls", "http"}) {
    dialed_peers here{dial_options()};
    std::error_code error;
    here.client.run([&]() -> task<> {
      error = (co_await dial<byte_stream>(as(scheme, here.where()), never, here.how)).error();
    });
    EXPECT_EQ(error, errc::filter_missing);
    EXPECT_EQ(here.client.rt().connections(), 0u);
    EXPECT_EQ(here.peers.accept_all(), 0u);
  }
}

TEST(filtered_dial, a_filter_that_cannot_be_made_is_an_error) {
  dial_options options;
  options.filter = [](net::loop&) -> std::unique_ptr<net::filter> {
    throw std::runtime_error("no certificate");
  };
  dialed_peers here(std::move(options));
  here.begin();
  here.finish();
  EXPECT_EQ(here.error, errc::handler_failed);
  here.client.expect_no_connection();
}

TEST(filtered_dial, a_pool_and_a_reconnecting_client_pass_the_filter_on) {
  sim::world world(1);
  simulated_server server(world, filtered_options());
  simulated_client client(world);
  server.drop_bystander();
  std::vector<std::string> answers;
  const auto talk = [&answers](byte_stream& peer) -> task<> {
    co_await peer.write("x");
    answers.emplace_back((co_await peer.read())->text());
  };
  client.run([&]() -> task<> {
    pool_options<byte_stream> options;
    options.dial = with_filter();
    connection_pool<byte_stream> pool(client.rt(), as("ws", server.where()), options);
    auto leased = co_await pool.lease();
    EXPECT_TRUE(leased) << leased.error();
    co_await talk(**leased);
  });
  client.run([&]() -> task<> {
    reconnect_options options;
    options.dial = with_filter();
    const auto session = [&talk](outgoing<byte_stream> peer) -> task<> { co_await talk(peer); };
    const auto ended =
        co_await reconnecting<byte_stream>(as("ws", server.where()), session, options);
    EXPECT_TRUE(ended) << ended.error();
  });
  EXPECT_EQ(answers, (std::vector<std::string>{"x", "x"}));
  client.expect_no_connection();
}

TEST(filtered_dial, a_reconnecting_client_gives_up_where_a_filter_is_missing) {
  sim::world world(1);
  simulated_client client(world);
  std::error_code error;
  client.run([&]() -> task<> {
    const auto session = [](outgoing<byte_stream>) -> task<> { co_return; };
    error = (co_await reconnecting<byte_stream>("ws://127.0.0.1:1", session)).error();
  });
  EXPECT_EQ(error, errc::filter_missing);
}

}  // namespace
}  // namespace actornet

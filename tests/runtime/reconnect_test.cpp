// The client that comes back: when it dials again, when it waits longer, when it stops.

#include "actornet/reconnect.hpp"

#include "actornet/flow/cancel.hpp"
#include "gate.hpp"
#include "simulated_client.hpp"

namespace actornet {
namespace {

using net::never;
using phase = reconnect_phase;

struct reconnect_fixture : testing::Test {
  reconnect_fixture() : world(1, calm()) {
    options.on_change = [this](const reconnect_status& now) {
      changes.push_back(now);
      times.push_back(world.now());
    };
  }

  /// Begins a client; @p session runs on each of its connections.
  template <class Session>
  void begin(Session session, std::string uri = {}) {
    client.begin([this, session, uri]() -> task<> {
      const std::string where = uri.empty() ? peers->uri() : uri;
      const auto ended =
          co_await with_token(source.token(), reconnecting<byte_stream>(where, session, options));
      outcome = ended.error();
      over = true;
    });
  }

  /// Nobody listens there.
  void begin_refused() { begin(idle, "tcp://127.0.0.1:1"); }

  static task<> idle(outgoing<byte_stream> peer) { (void)co_await peer.read(); }

  void pass(net::duration time) { ASSERT_TRUE(world.run_for(time)); }
  void wait_until_over() {
    ASSERT_TRUE(world.run_until([this] { return over; })) << world;
    ASSERT_TRUE(client.finish());
  }
  void stop() {
    source.cancel();
    wait_until_over();
    client.expect_no_connection();
  }

  const reconnect_status& now() const { return changes.back(); }

  /// How long each wait was, so far.
  std::vector<net::duration> waits() const {
    std::vector<net::duration> all;
    for (std::size_t i = 0; i < changes.size(); ++i)
      if (changes[i].phase == phase::waiting || changes[i].phase == phase::circuit_open)
        all.push_back(changes[i].next_dial_at - times[i]);
    return all;
  }

  std::vector<phase> phases() const {
    std::vector<phase> all;
    for (const reconnect_status& each : changes)
      all.push_back(each.phase);
    return all;
  }

  sim::world world;
  std::optional<simulated_peers> peers{std::in_place, world};
  simulated_client client{world};
  reconnect_options options;
  cancel_source source;
  std::vector<reconnect_status> changes;
  std::vector<net::time_point> times;
  std::error_code outcome;
  bool over = false;
};

using reconnecting_client = reconnect_fixture;

// -- sessions -------------------------------------------------------------------------------------

TEST_F(reconnecting_client, is_done_when_a_session_returns_while_the_connection_stands) {
  begin([](outgoing<byte_stream> peer) -> task<> { co_await peer.write("bye"); });
  sim::peer& peer = peers->next();
  wait_until_over();
  EXPECT_FALSE(outcome);
  ASSERT_TRUE(world.run_until([&] { return peer.received() == "bye"; })) << world;
  EXPECT_EQ(phases(), (std::vector{phase::dialing, phase::connected, phase::over}));
}

TEST_F(reconnecting_client, is_done_when_a_session_closes_the_connection) {
  begin([](outgoing<byte_stream> peer) -> task<> {
    peer.close();
    co_return;
  });
  wait_until_over();
  EXPECT_FALSE(outcome);
  EXPECT_EQ(now().dials, 1u);
}

TEST_F(reconnecting_client, comes_back_when_the_peer_ends_the_connection) {
  begin(idle);
  peers->next().shutdown_write();
  peers->next().shutdown_write();
  peers->next();
  pass(1s);
  EXPECT_EQ(now().phase, phase::connected);
  EXPECT_EQ(now().connections, 3u);
  EXPECT_EQ(now().last_error, errc::end_of_stream);
  stop();
  EXPECT_EQ(outcome, errc::cancelled);
}

TEST_F(reconnecting_client, comes_back_when_the_connection_is_reset) {
  begin(idle);
  peers->next().reset();
  peers->next();
  pass(1s);
  EXPECT_EQ(now().connections, 2u);
  EXPECT_EQ(now().last_error, errc::connection_reset);
  stop();
}

TEST_F(reconnecting_client, comes_back_when_a_session_says_that_it_failed_and_is_done_when_not) {
  int runs = 0;
  begin([&runs](outgoing<byte_stream>) -> task<result<void>> {
    if (++runs < 3)
      co_return errc::unexpected_response;
    co_return result<void>();
  });
  wait_until_over();
  EXPECT_FALSE(outcome);
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(now().connections, 3u);
}

TEST_F(reconnecting_client, leaves_an_exception_of_a_session_to_the_caller) {
  std::string caught;
  client.run([&]() -> task<> {
    try {
      (void)co_await reconnecting<byte_stream>(
          peers->uri(),
          [](outgoing<byte_stream>) -> task<> {
            throw std::runtime_error("planted");
            co_return;
          },
          options);
    } catch (const std::runtime_error& thrown) {
      caught = thrown.what();
    }
  });
  EXPECT_EQ(caught, "planted");
  EXPECT_EQ(now().phase, phase::over);
}

// -- waiting --------------------------------------------------------------------------------------

TEST_F(reconnecting_client, waits_between_nothing_and_twice_as_long_each_time) {
  begin_refused();
  pass(10min);
  const auto waited = waits();
  ASSERT_GT(waited.size(), 15u);
  net::duration longest = 100ms;
  bool any_long = false;
  for (const net::duration each : waited) {
    EXPECT_GE(each, 0s);
    EXPECT_LE(each, longest);
    any_long = any_long || each > 15s;
    longest = std::min<net::duration>(2 * longest, 30s);
  }
  EXPECT_TRUE(any_long);
  EXPECT_EQ(now().failures_row, waited.size());
  EXPECT_EQ(now().last_error, errc::connection_refused);
  stop();
}

TEST_F(reconnecting_client, dials_when_it_said_that_it_would) {
  begin_refused();
  pass(5min);
  for (std::size_t i = 1; i < changes.size(); ++i) {
    if (changes[i].phase != phase::dialing)
      continue;
    EXPECT_GE(times[i], changes[i - 1].next_dial_at);
    EXPECT_LE(times[i], changes[i - 1].next_dial_at + 2ms);
  }
  stop();
}

TEST_F(reconnecting_client, waits_shortly_again_after_a_connection_that_was_steady) {
  begin(idle);
  for (int i = 0; i < 5; ++i)
    peers->next().shutdown_write();  // at once: failures
  sim::peer& steady = peers->next();
  pass(1ms);
  EXPECT_EQ(now().failures_row, 5u);
  pass(10s);
  steady.shutdown_write();
  pass(1ms);
  EXPECT_EQ(now().failures_row, 0u);
  EXPECT_LE(waits().back(), 100ms);
  peers->next();
  stop();
}

TEST_F(reconnecting_client, gives_a_dial_its_time) {
  world.partition();
  options.dial_timeout = 3s;
  begin(idle);
  pass(2990ms);
  EXPECT_EQ(now().phase, phase::dialing);
  pass(20ms);
  EXPECT_EQ(now().last_error, errc::timed_out);
  world.heal();
  pass(1s);
  EXPECT_EQ(now().phase, phase::connected);
  stop();
}

// -- the circuit breaker --------------------------------------------------------------------------

TEST_F(reconnecting_client, pauses_after_too_many_failures_then_tries_once) {
  options.failures_max = 3;
  options.open_for = 60s;
  begin_refused();
  pass(30s);
  EXPECT_EQ(now().phase, phase::circuit_open);
  EXPECT_EQ(now().dials, 3u);
  EXPECT_EQ(waits().back(), 60s);
  pass(40s);
  EXPECT_EQ(now().phase, phase::circuit_open);
  EXPECT_EQ(now().dials, 4u);
  EXPECT_EQ(now().circuit_opened, 2u);
  const auto seen = phases();
  EXPECT_EQ(std::ranges::count(seen, phase::probing), 1);
  stop();
  EXPECT_EQ(outcome, errc::cancelled);
}

TEST_F(reconnecting_client, closes_the_circuit_after_a_probe_that_is_steady) {
  options.failures_max = 2;
  options.open_for = 60s;
  world.partition();
  options.dial_timeout = 1s;
  begin(idle);
  pass(10s);
  ASSERT_EQ(now().phase, phase::circuit_open);
  world.heal();
  pass(60s);
  ASSERT_EQ(now().phase, phase::connected);
  pass(10s);
  (*peers)[peers->accept_all() - 1].shutdown_write();
  pass(1ms);
  EXPECT_EQ(now().phase, phase::waiting);
  EXPECT_EQ(now().failures_row, 0u);
  stop();
}

// -- the end --------------------------------------------------------------------------------------

TEST_F(reconnecting_client, gives_up_after_so_many_failures_with_the_last_error) {
  options.attempts_max = 4;
  begin_refused();
  wait_until_over();
  EXPECT_EQ(outcome, errc::connection_refused);
  EXPECT_EQ(now().dials, 4u);
  EXPECT_EQ(now().phase, phase::over);
}

TEST_F(reconnecting_client, does_not_try_again_what_is_no_address) {
  begin(idle, "nonsense");
  wait_until_over();
  EXPECT_EQ(outcome, errc::address_invalid);
  EXPECT_EQ(now().dials, 1u);
}

TEST_F(reconnecting_client, gives_up_when_it_is_told_to) {
  options.gives_up = [](const reconnect_status& at) {
    return at.failures_row == 2 && at.last_error == errc::connection_refused;
  };
  begin_refused();
  wait_until_over();
  EXPECT_EQ(outcome, errc::connection_refused);
  EXPECT_EQ(now().dials, 2u);
}

TEST_F(reconnecting_client, stops_while_it_waits) {
  options.backoff_min = options.backoff_max = 1h;
  begin_refused();
  pass(1ms);
  ASSERT_EQ(now().phase, phase::waiting);
  stop();
  EXPECT_EQ(outcome, errc::cancelled);
  EXPECT_EQ(now().phase, phase::over);
}

TEST_F(reconnecting_client, stops_while_it_dials) {
  world.partition();
  begin(idle);
  pass(1s);
  stop();
  EXPECT_EQ(outcome, errc::cancelled);
}

TEST_F(reconnecting_client, stops_while_its_session_runs) {
  begin(idle);
  peers->next();
  pass(1s);
  stop();
  EXPECT_EQ(outcome, errc::cancelled);
}

TEST_F(reconnecting_client, stops_when_the_runtime_drains) {
  begin(idle);
  peers->next();
  pass(1s);
  EXPECT_EQ(client.drain(), 0u);
  EXPECT_EQ(outcome, errc::shutting_down);
}

TEST(reconnecting_client_by_seed, does_the_same_again_under_the_same_seed) {
  const auto waits_of = [](std::uint64_t seed) {
    sim::world world(seed, calm());
    simulated_client client(world);
    std::vector<net::time_point> dials;
    client.run([&]() -> task<> {
      reconnect_options how;
      how.attempts_max = 10;
      how.on_change = [&](const reconnect_status& now) { dials.push_back(now.next_dial_at); };
      (void)co_await reconnecting<byte_stream>("tcp://127.0.0.1:1", reconnect_fixture::idle, how);
    });
    return dials;
  };
  EXPECT_EQ(waits_of(7), waits_of(7));
  EXPECT_NE(waits_of(7), waits_of(8));
}

TEST(reconnecting_in_a_session, does_not_dial_again_when_the_runtime_drains) {
  sim::world world(1, calm());
  simulated_peers peers(world);
  std::error_code outcome;
  simulated_server server(world, framed_options(), [&](byte_stream, session_log&) -> task<> {
    outcome =
        (co_await reconnecting<byte_stream>(peers.uri(), [](outgoing<byte_stream> out) -> task<> {
          (void)co_await out.read();
        })).error();
  });
  sim::peer asking = server.connect_now();
  peers.next();
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_EQ(server.drain(), 0u);
  EXPECT_EQ(outcome, errc::shutting_down);
}

}  // namespace
}  // namespace actornet

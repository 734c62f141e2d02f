// The connection to NATS, with a real server.

#include "actornet/nats/connection.hpp"

#include <gmock/gmock.h>
#include <nats/nats.h>

#include <deque>
#include <system_error>

#include "actornet/sim/world.hpp"
#include "nats/real_world.hpp"

namespace actornet::nats {
namespace {

using namespace std::chrono_literals;
using cluster::bus_state;
using cluster_test::bytes_of;
using cluster_test::lines;
using cluster_test::text_of;
using nats_test::connected_world;
using nats_test::real_world;
using ::testing::Each;
using ::testing::ElementsAre;

/// Keeps what it hears.
class ear final : public message_sink {
 public:
  void on_message(const message& what) override { heard.push_back(what); }
  void on_lagged(std::uint64_t more) override { lost += more; }

  std::deque<message> heard;
  std::uint64_t lost = 0;
  cluster::subscription hears;
};

class state_log final : public cluster::bus_state_sink {
 public:
  void on_state(bus_state now) override { told.push_back(now); }
  std::vector<bus_state> told;
  cluster::subscription watching;
};

/// Answers everything with its own headers and payload.
class echo final : public message_sink {
 public:
  explicit echo(connection& over) : over_(over) {}
  void on_message(const message& what) override {
    EXPECT_TRUE(
        over_.publish({.subject = what.reply, .payload = what.payload, .headers = what.headers}));
  }
  void on_lagged(std::uint64_t) override {}

  cluster::subscription hears;

 private:
  connection& over_;
};

std::string outcome_text(const result<message>& came) {
  return came ? text_of(came->payload.payload) : came.error().message();
}

/// Asks and waits for what comes of it.
result<message> ask(real_world& world, connection& over, message what,
                    net::duration deadline = 60s) {
  std::optional<result<message>> outcome;
  world.run_on(0, [&] {
    over.request(std::move(what), deadline, [&](const result<message>& came) { outcome = came; })
        .detach();
    EXPECT_FALSE(outcome) << "told inside the call";
  });
  EXPECT_TRUE(world.wait_for([&] { return outcome.has_value(); }));
  return outcome ? *outcome : result<message>(errc::timed_out);
}

TEST(nats_connection, messages_come_with_subject_and_headers_to_who_hears_a_pattern) {
  connected_world world;
  ear one;
  world.on(0, [&] { one.hears = world.over.subscribe("c1.*.>", "", one); });
  world.on(0, [&] {
    EXPECT_TRUE(world.over.publish({.subject = "c1.a.b.c",
                                    .payload = bytes_of("x"),
                                    .headers = {{"Nats-Msg-Id", "7"}, {"Other", "a b"}}}));
    EXPECT_TRUE(world.over.publish({.subject = "c1.a", .payload = bytes_of("y")}));
    EXPECT_TRUE(one.heard.empty()) << "told inside the call";
  });
  ASSERT_EQ(one.heard.size(), 1);
  EXPECT_EQ(one.heard[0].subject, "c1.a.b.c");
  EXPECT_EQ(text_of(one.heard[0].payload.payload), "x");
  EXPECT_EQ(one.heard[0].header_value("Nats-Msg-Id"), "7");
  EXPECT_EQ(one.heard[0].header_value("Other"), "a b");
  EXPECT_EQ(one.heard[0].header_value("other"), "");
  EXPECT_EQ(one.heard[0].status(), 0);
  world.on(0, [&] { one.hears.end(); });
}

TEST(nats_connection, more_subscriptions_than_are_polled_hear_in_order) {
  constexpr std::size_t count = 40;
  constexpr int each_gets = 100;
  connected_world world;
  std::deque<ear> ears(count);
  world.on(0, [&] {
    for (std::size_t i = 0; i < count; ++i)
      ears[i].hears = world.over.subscribe("c2." + std::to_string(i), "", ears[i]);
  });
  world.run_on(0, [&] {
    for (int n = 0; n < each_gets; ++n)
      for (std::size_t i = 0; i < count; ++i)
        EXPECT_TRUE(world.over.publish(
            {.subject = "c2." + std::to_string(i), .payload = bytes_of(std::to_string(n))}));
  });
  for (const ear& one : ears) {
    ASSERT_TRUE(world.wait_for([&] { return one.heard.size() == each_gets; }));
    for (int n = 0; n < each_gets; ++n)
      EXPECT_EQ(text_of(one.heard[static_cast<std::size_t>(n)].payload.payload), std::to_string(n));
  }
  world.on(0, [&] { ears.clear(); });
}

TEST(nats_connection, a_request_is_answered_or_fails_at_once_or_times_out) {
  connected_world world;
  echo server(world.over);
  ear silent;
  world.on(0, [&] {
    server.hears = world.over.subscribe("c3.echo", "group", server);
    silent.hears = world.over.subscribe("c3.silent", "", silent);
  });
  const auto answer = ask(
      world, world.over, {.subject = "c3.echo", .payload = bytes_of("x"), .headers = {{"A", "b"}}});
  EXPECT_EQ(outcome_text(answer), "x");
  EXPECT_EQ(answer->header_value("A"), "b");
  EXPECT_EQ(ask(world, world.over, {.subject = "c3.nobody"}).error(), errc::unavailable);
  EXPECT_EQ(ask(world, world.over, {.subject = "c3.silent"}, 20ms).error(), errc::timed_out);
  world.on(0, [&] {
    server.hears.end();
    silent.hears.end();
  });
}

TEST(nats_connection, what_cannot_be_sent_is_refused) {
  connected_world world;
  const auto refused = [&](message what) {
    std::error_code why;
    world.run_on(0, [&] { why = world.over.publish(what).error(); });
    return why;
  };
  for (const char* subject : {"", "a b", "a\r\nPUB b 0", "\t"})
    EXPECT_EQ(refused({.subject = subject}), errc::name_invalid) << subject;
  EXPECT_EQ(refused({.subject = "a", .reply = "b c"}), errc::name_invalid);
  EXPECT_EQ(refused({.subject = "a", .headers = {{"b c", ""}}}), errc::name_invalid);
  EXPECT_EQ(refused({.subject = "a", .headers = {{"b", "c\r\nd: e"}}}), errc::name_invalid);
  const auto large = bytes_of(std::string(1024 * 1024 + 1, 'x'));
  EXPECT_EQ(refused({.subject = "a", .payload = large}), errc::message_too_large);
  EXPECT_EQ(ask(world, world.over, {.subject = "a b"}).error(), errc::name_invalid);
}

TEST(nats_connection, a_full_buffer_refuses_until_it_is_sent) {
  connected_world world;
  const auto payload = bytes_of(std::string(60'000, 'x'));
  int taken = 0;
  world.run_on(0, [&] {
    while (world.over.publish({.subject = "c4", .payload = payload}))
      ASSERT_LT(++taken, 1000);
    EXPECT_EQ(world.over.publish({.subject = "c4", .payload = payload}).error(),
              errc::mailbox_full);
    EXPECT_TRUE(world.over.full());
    EXPECT_TRUE(world.over.publish_accepted({.subject = "c4", .payload = payload}));
  });
  EXPECT_GE(taken, 4);
  EXPECT_TRUE(world.wait_for([&] { return !world.over.full(); }));
  world.run_on(0, [&] { EXPECT_TRUE(world.over.publish({.subject = "c4"})); });
}

TEST(nats_connection, what_was_published_before_a_drain_is_at_the_server_after_it) {
  connected_world world;
  connected_world other;
  ear one;
  other.on(0, [&] { one.hears = other.over.subscribe("c5", "", one); });
  bool drained = false;
  world.run_on(0, [&] {
    for (int i = 0; i < 3'000; ++i)
      EXPECT_TRUE(world.over.publish_accepted({.subject = "c5", .payload = bytes_of("x")}));
    world.over
        .drain(60s,
               [&](const result<void>& came) {
                 EXPECT_TRUE(came);
                 drained = true;
               })
        .detach();
  });
  ASSERT_TRUE(world.wait_for([&] { return drained; }));
  EXPECT_TRUE(other.wait_for([&] { return one.heard.size() == 3'000; }));
  other.on(0, [&] { one.hears.end(); });
}

TEST(nats_connection, work_that_blocks_runs_beside_the_loop) {
  connected_world world;
  std::optional<result<int>> outcome;
  net::blocking_work work;
  world.run_on(0, [&] {
    auto started = world.over.run_blocking(
        [](natsConnection* over) -> result<int> {
          return natsConnection_FlushTimeout(over, 30'000) == NATS_OK ? 7 : 0;
        },
        [&](const result<int>& came) { outcome = came; });
    ASSERT_TRUE(started);
    work = *std::move(started);
  });
  ASSERT_TRUE(world.wait_for([&] { return outcome.has_value(); }));
  EXPECT_EQ(**outcome, 7);
}

// -- servers that come and go ---------------------------------------------------------------------

TEST(nats_connection, it_waits_for_a_server_that_is_not_there_yet) {
  nats_test::server late;
  const std::string url = late.url();
  late.kill();
  real_world world;
  connection over(world.loop(0), world.pool(), connected_world::options_for(url));
  ear one;
  world.on(0, [&] {
    one.hears = over.subscribe("a", "", one);
    EXPECT_EQ(over.publish({.subject = "a"}).error(), errc::disconnected);
  });
  EXPECT_EQ(ask(world, over, {.subject = "a"}).error(), errc::disconnected);
  world.pass(50ms);
  EXPECT_FALSE(over.up());
  late.start();
  ASSERT_TRUE(world.wait_for([&] { return over.up(); }));
  world.on(0, [&] { EXPECT_TRUE(over.publish({.subject = "a", .payload = bytes_of("x")})); });
  EXPECT_TRUE(world.wait_for([&] { return one.heard.size() == 1; }));
  world.on(0, [&] { one.hears.end(); });
}

TEST(nats_connection, it_is_down_while_the_server_is_and_then_hears_again) {
  nats_test::server there;
  connected_world world(there.url());
  ear one, silent;
  std::deque<ear> more(20);  // not polled
  state_log states;
  world.on(0, [&] {
    states.watching = world.over.watch_state(states);
    one.hears = world.over.subscribe("a", "", one);
    silent.hears = world.over.subscribe("silent", "", silent);
    for (ear& each : more)
      each.hears = world.over.subscribe("a", "", each);
  });
  std::optional<result<message>> asked;
  world.on(0, [&] {
    world.over
        .request({.subject = "silent"}, 60s, [&](const result<message>& came) { asked = came; })
        .detach();
  });
  there.kill();
  ASSERT_TRUE(world.wait_for([&] { return states.told.size() == 2; }));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->error(), errc::disconnected);
  there.start();
  ASSERT_TRUE(world.wait_for([&] { return states.told.size() == 3; }));
  EXPECT_THAT(states.told, ElementsAre(bus_state::up, bus_state::down, bus_state::up));
  world.on(0, [&] { EXPECT_TRUE(world.over.publish({.subject = "a", .payload = bytes_of("x")})); });
  EXPECT_TRUE(world.wait_for([&] {
    return one.heard.size() == 1 &&
           std::ranges::all_of(more, [](const ear& each) { return each.heard.size() == 1; });
  }));
  world.on(0, [&] {
    states.watching.end();
    one.hears.end();
    silent.hears.end();
    more.clear();
  });
}

TEST(nats_connection, one_that_is_refused_goes_on_trying) {
  nats_test::server there({"--user", "u", "--pass", "p"});
  real_world world;
  auto how = connected_world::options_for(there.url());
  connection stranger(world.loop(0), world.pool(), how);
  how.user = "u";
  how.password = "p";
  connection known(world.loop(0), world.pool(), how);
  EXPECT_TRUE(world.wait_for([&] { return known.up(); }));
  world.pass(50ms);
  EXPECT_FALSE(stranger.up());
}

TEST(nats_connection, it_may_be_destroyed_while_it_connects) {
  for (int i = 0; i < 20; ++i) {
    real_world world;
    auto over = std::make_unique<connection>(
        world.loop(0), world.pool(),
        connected_world::options_for(nats_test::shared_server().url()));
    for (int turns = 0; turns < i; ++turns)
      world.loop(0).turn(false);
    if (i % 2)
      over.reset();  // in no turn
    else
      world.run_on(0, [&] { over.reset(); });
  }
}

TEST(nats_connection, it_may_be_destroyed_while_bytes_wait_and_requests_are_open) {
  nats_test::server there;
  real_world world;
  auto over = std::make_unique<connection>(world.loop(0), world.pool(),
                                           connected_world::options_for(there.url()));
  ASSERT_TRUE(world.wait_for([&] { return over->up(); }));
  world.run_on(0, [&] {
    over->request({.subject = "nobody"}, 60s, [](const result<message>&) { FAIL(); }).detach();
    const auto payload = bytes_of(std::string(60'000, 'x'));
    while (over->publish({.subject = "a", .payload = payload})) {
    }
    over.reset();
  });
}

// -- setup ----------------------------------------------------------------------------------------

TEST(nats_connection, options_that_cannot_be_right_throw) {
  real_world world;
  const auto make = [&](const connection_options& how) {
    connection made(world.loop(0), world.pool(), how);
  };
  EXPECT_THROW(make({}), std::system_error);
  EXPECT_THROW(make({.servers = {"nats://127.0.0.1:1"}, .tls = {.authorities = "/no/such"}}),
               std::system_error);
  EXPECT_THROW(make({.servers = {"nats://127.0.0.1:1"},
                     .tls = {.certificate = "/no/such", .key = "/no/such"}}),
               std::system_error);
}

TEST(nats_connection, a_simulated_loop_has_none) {
  sim::world world(1);
  net::loop home(world.make_backend());
  net::blocking_pool pool(0);
  connection over(home, pool, connected_world::options_for(nats_test::shared_server().url()));
  EXPECT_TRUE(world.run_for(100ms));
  EXPECT_FALSE(over.up());
}

}  // namespace
}  // namespace actornet::nats

#include "actornet/net/acceptor.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "actornet/log.hpp"
#include "sim/loop_support.hpp"

namespace actornet::net {
namespace {

using namespace std::chrono_literals;
using sim::tcp;

struct accepting {
  explicit accepting(sim::world& in, const acceptor_options& options = {})
      : world(in), on(in.make_backend()) {
    auto opened =
        acceptor::open(on, tcp("127.0.0.1", 0), options, [this](auto socket, auto ticket) {
          sockets.push_back(std::move(socket));
          tickets.push_back(std::move(ticket));
        });
    EXPECT_TRUE(opened);
    door = std::move(*opened);
    EXPECT_TRUE(world.run_on(on, [this] { door->start(); }));
  }

  sim::world& world;
  loop on;
  std::unique_ptr<acceptor> door;
  std::vector<std::unique_ptr<pending_connection>> sockets;
  std::vector<admission_ticket> tickets;
};

TEST(acceptor, accepts_one_connection_after_the_other) {
  sim::world world(1);
  accepting here(world);
  std::vector<sim::peer> peers;
  for (int i = 0; i < 20; ++i)
    peers.emplace_back(world, here.door->local());
  ASSERT_TRUE(world.run_until([&] { return here.sockets.size() == 20; })) << world;
  EXPECT_EQ(here.door->connections(), 20u);
  EXPECT_NE(here.door->local().port, 0);
  here.tickets.clear();
  EXPECT_EQ(here.door->connections(), 0u);
}

TEST(acceptor, pauses_longer_each_time_while_descriptors_are_exhausted) {
  sim::world world(1, sim::calm());
  accepting here(world);
  world.exhaust_descriptors(true);
  const sim::peer peer(world, here.door->local());
  const counter& failed = here.on.counted.accepts_failed;
  std::vector<duration> at;
  const time_point began = world.now();
  while (at.size() < 8) {
    const auto before = failed.value();
    ASSERT_TRUE(world.run_until([&] { return failed.value() > before; })) << world;
    at.push_back(world.now() - began);
  }
  const duration pauses[] = {50ms, 100ms, 200ms, 400ms, 500ms, 500ms, 500ms};
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_GE(at[i + 1] - at[i], pauses[i]);
    EXPECT_LE(at[i + 1] - at[i], pauses[i] + 5ms);
  }
  world.exhaust_descriptors(false);
  ASSERT_TRUE(world.run_until([&] { return here.sockets.size() == 1; }, world.now() + 510ms))
      << world;
}

TEST(acceptor, stops_also_while_it_pauses) {
  sim::world world(1);
  accepting here(world);
  world.exhaust_descriptors(true);
  sim::peer peer(world, here.door->local());
  ASSERT_TRUE(world.run_for(1s));
  ASSERT_TRUE(world.run_on(here.on, [&] {
    here.door->stop();
    here.door->stop();
  }));
  world.exhaust_descriptors(false);
  ASSERT_TRUE(world.run_for(2s));
  EXPECT_EQ(here.sockets.size(), 0u);
  EXPECT_TRUE(peer.closed());
  EXPECT_EQ(world.open_descriptors(), 0u);
}

TEST(acceptor, takes_what_waits_to_be_accepted_before_it_stops) {
  sim::world world(1, sim::calm());
  accepting here(world);
  std::vector<sim::peer> peers;
  for (int i = 0; i < 20; ++i)
    peers.emplace_back(world, here.door->local());
  world.exhaust_descriptors(true);
  ASSERT_TRUE(world.run_for(10ms));
  world.exhaust_descriptors(false);
  ASSERT_EQ(here.sockets.size(), 0u);
  ASSERT_TRUE(world.run_on(here.on, [&] { here.door->stop(); }));
  EXPECT_EQ(here.sockets.size(), 20u);
  ASSERT_TRUE(world.run_for(1s));
  for (const sim::peer& each : peers)
    EXPECT_FALSE(each.closed());
}

TEST(acceptor, takes_no_more_than_a_queue_of_them_nor_any_if_it_never_began) {
  sim::world world(1, sim::calm());
  acceptor_options options;
  options.sockets.backlog = 4;
  options.connections_max = 3;
  accepting here(world, options);
  std::vector<sim::peer> peers;
  for (int i = 0; i < 4; ++i)
    peers.emplace_back(world, here.door->local());
  world.exhaust_descriptors(true);
  ASSERT_TRUE(world.run_for(10ms));
  world.exhaust_descriptors(false);
  ASSERT_TRUE(world.run_on(here.on, [&] { here.door->stop(); }));
  EXPECT_EQ(here.sockets.size(), 3u) << "connections_max";
  EXPECT_EQ(here.on.counted.connections_refused.value(), 1u);

  auto unused = acceptor::open(here.on, tcp("127.0.0.1", 0), {}, [](auto, auto) { FAIL(); });
  ASSERT_TRUE(unused);
  const sim::peer waiting(world, (*unused)->local());
  ASSERT_TRUE(world.run_for(10ms));
  ASSERT_TRUE(world.run_on(here.on, [&] { (*unused)->stop(); }));
}

// -- what it says ---------------------------------------------------------------------------------

std::vector<std::string> logged;

/// Collects log lines as long as it lives.
struct log_watch {
  log_watch() {
    logged.clear();
    set_log_sink([](log_level, std::string_view line) { logged.emplace_back(line); });
  }
  ~log_watch() { set_log_sink(nullptr); }
};

TEST(acceptor, says_once_a_second_at_most_that_it_cannot_accept_and_why) {
  const log_watch watch;
  sim::world world(1, sim::calm());
  accepting here(world);
  world.exhaust_descriptors(true);
  const sim::peer peer(world, here.door->local());
  ASSERT_TRUE(world.run_for(5s));
  const std::string where = to_string(here.door->local());
  ASSERT_GE(logged.size(), 4u);
  EXPECT_LE(logged.size(), 6u);
  EXPECT_EQ(logged[0],
            where + ": cannot accept connections: " + describe(errc::descriptors_exhausted));
  EXPECT_EQ(logged[1], logged[0] + " (5 times)");  // after 50, 150, 350, 750 and 1,250 ms
  world.exhaust_descriptors(false);
}

TEST(acceptor, says_once_a_second_at_most_how_many_it_refused) {
  const log_watch watch;
  sim::world world(1, sim::calm());
  acceptor_options options;
  options.connections_max = 1;
  accepting here(world, options);
  std::vector<sim::peer> peers;
  const auto connect = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      peers.emplace_back(world, here.door->local());
    ASSERT_TRUE(world.run_for(100ms));
  };
  const std::string line = to_string(here.door->local()) +
                           ": refused a connection: " + describe(errc::connections_exhausted);
  connect(10);
  EXPECT_EQ(logged, std::vector{line});
  ASSERT_TRUE(world.run_for(1s));
  connect(1);
  EXPECT_EQ(logged, (std::vector{line, line + " (9 times)"}));
  EXPECT_EQ(here.on.counted.connections_refused.value(), 10u);
}

TEST(acceptor, an_address_in_use_is_an_error) {
  sim::world world(1);
  accepting here(world);
  auto second = acceptor::open(here.on, here.door->local(), {}, [](auto, auto) {});
  EXPECT_EQ(second.error(), errc::address_in_use);
}

}  // namespace
}  // namespace actornet::net

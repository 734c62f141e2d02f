// Whole runs of the load in simulated worlds: what is counted, in virtual time.

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "load_simulation.hpp"

namespace actornet::load {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t seeds = 20;

std::uint64_t nanoseconds(net::duration length) {
  return static_cast<std::uint64_t>(length.count());
}

load_options small_options(net::framing framing, bool typed, std::uint32_t payload_bytes) {
  load_options options = simulated_options();
  options.connections = 6;
  options.active = 4;
  options.depth = 3;
  options.framing = framing;
  options.typed = typed;
  options.payload_bytes = payload_bytes;
  options.duration = 100ms;
  return options;
}

void expect_flawless(std::uint64_t seed, const load_options& options) {
  simulated_load load(seed, options, {});
  ASSERT_TRUE(load.finish()) << describe(options) << ", " << load.world;
  const load_results& results = load.results();
  EXPECT_FALSE(results.not_begun) << *results.not_begun;
  EXPECT_EQ(results.errors, 0u) << load.world << results.complaints.front();
  EXPECT_GT(results.messages, 0u) << load.world;
  EXPECT_GE(results.measured, options.duration);
  EXPECT_EQ(load.run.connections_up(), options.connections);
}

TEST(load_run, every_framing_is_echoed_without_errors_in_hostile_worlds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    for (const net::framing framing :
         {net::framing::raw, net::framing::line, net::framing::delimited, net::framing::length32}) {
      expect_flawless(seed, small_options(framing, false, 64));
      expect_flawless(seed, small_options(framing, false, framing == net::framing::raw ? 1 : 0));
    }
    expect_flawless(seed, small_options(net::framing::delimited, true, 64));
    expect_flawless(seed, small_options(net::framing::length32, true, 0));
  }
}

TEST(load_run, large_messages_and_bursts_are_echoed_without_errors) {
  load_options options = small_options(net::framing::raw, false, 5000);
  options.duration = 1s;
  options.burst = true;
  expect_flawless(1, options);
  options.framing = net::framing::delimited;
  options.typed = true;
  expect_flawless(2, options);
}

TEST(load_run, an_open_loop_sends_as_many_messages_as_are_due) {
  load_options options = simulated_options();
  options.connections = options.active = 10;
  options.rate = 2000;
  options.depth = load_options::depth_of_open_loop;
  simulated_load load(1, options, sim::faults::calm());
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors, 0u);
  EXPECT_NEAR(static_cast<double>(load.results().messages), 2000, 10);
  EXPECT_NEAR(static_cast<double>(load.results().latency.count()), 2000, 10);
  EXPECT_LE(load.results().latency.max(), nanoseconds(3ms)) << "a tick, and there and back";
}

TEST(load_run, an_idle_connection_gets_one_message) {
  load_options options = simulated_options();
  options.connections = 5;
  options.active = 2;
  options.payload_bytes = 10;
  simulated_load load(1, options, sim::faults::calm());
  ASSERT_TRUE(load.finish()) << load.world;
  int idle = 0;
  for (const sim::peer& peer : load.server.peers())
    idle += peer.received_bytes() == 10;
  EXPECT_EQ(idle, 3);
}

TEST(load_run, never_more_messages_are_in_flight_than_the_depth) {
  load_options options = simulated_options();
  options.payload_bytes = 10;
  options.depth = 4;
  options.duration = 50ms;
  std::size_t held = 0;
  std::size_t most = 0;
  // Answers come one at a time, 1 ms apart, however many messages came.
  simulated_load load(1, options, sim::faults::calm(),
                      [&](sim::peer& to, std::size_t, std::string_view received) {
                        held += received.size();
                        most = std::max(most, held - (to.sent_bytes()));
                        for (std::size_t at = 0; at < received.size(); at += 10)
                          to.wait(1ms).send(received.substr(at, 10));
                      });
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors, 0u);
  EXPECT_EQ(most, 40u);
}

TEST(load_run, a_burst_waits_until_all_of_it_is_back) {
  load_options options = simulated_options();
  options.payload_bytes = 10;
  options.depth = 4;
  options.burst = true;
  options.duration = 50ms;
  std::vector<std::size_t> unanswered_when_more_came;
  simulated_load load(1, options, sim::faults::calm(),
                      [&](sim::peer& to, std::size_t, std::string_view received) {
                        unanswered_when_more_came.push_back(to.received_bytes() - received.size() -
                                                            to.sent_bytes());
                        for (std::size_t at = 0; at < received.size(); at += 10)
                          to.wait(1ms).send(received.substr(at, 10));
                      });
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors, 0u);
  EXPECT_GT(unanswered_when_more_came.size(), 10u);
  EXPECT_EQ(std::ranges::count(unanswered_when_more_came, 0u),
            std::ssize(unanswered_when_more_came));
}

// The server stands still for 200 ms in the middle of the measured second.
class stalling_server {
 public:
  void operator()(sim::peer& to, std::size_t, std::string_view received) {
    const net::duration since = world->elapsed();
    if (since >= 500ms && since < 700ms && !std::exchange(stood_, true))
      to.wait(700ms - since);  // what comes after it waits with it
    to.send(received);
  }

  const sim::world* world = nullptr;

 private:
  bool stood_ = false;
};

latency_histogram latency_with_stall(const load_options& options) {
  stalling_server server;
  simulated_load load(1, options, sim::faults::calm(), std::ref(server));
  server.world = &load.world;
  EXPECT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors, 0u);
  return load.results().latency;
}

TEST(load_run, an_open_loop_does_not_forget_a_stall) {
  load_options options = simulated_options();
  options.rate = 1000;
  options.depth = load_options::depth_of_open_loop;
  const latency_histogram latency = latency_with_stall(options);
  EXPECT_LT(latency.percentile(50), nanoseconds(3ms));
  EXPECT_GT(latency.percentile(90), nanoseconds(80ms));
  EXPECT_GT(latency.percentile(99), nanoseconds(180ms));
}

TEST(load_run, messages_that_the_window_held_back_count_from_when_they_were_due) {
  load_options options = simulated_options();
  options.rate = 1000;
  options.depth = 1;
  EXPECT_GT(latency_with_stall(options).percentile(99), nanoseconds(180ms));
}

TEST(load_run, a_closed_loop_sees_a_stall_once) {
  const latency_histogram latency = latency_with_stall(simulated_options());
  EXPECT_LT(latency.percentile(99), nanoseconds(1ms));
  EXPECT_GT(latency.max(), nanoseconds(190ms));
}

}  // namespace
}  // namespace actornet::load

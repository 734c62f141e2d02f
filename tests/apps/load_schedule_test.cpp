#include <gtest/gtest.h>

#include "latency_histogram.hpp"
#include "rate_schedule.hpp"

namespace actornet::load {
namespace {

using namespace std::chrono_literals;

net::time_point at(net::duration when) {
  return net::time_point(when);
}

TEST(rate_schedule, messages_are_due_evenly_from_the_beginning_on) {
  rate_schedule schedule(1000, 1);
  schedule.begin(at(5s));
  EXPECT_EQ(schedule.due(0), at(5s));
  EXPECT_EQ(schedule.due(1), at(5001ms));
  EXPECT_EQ(schedule.due(1000), at(6s));
}

TEST(rate_schedule, rounding_does_not_add_up) {
  rate_schedule schedule(3, 1);
  schedule.begin(at(0s));
  EXPECT_EQ(schedule.due(1), at(333'333'333ns));
  EXPECT_EQ(schedule.due(3'000'000), at(1'000'000s));
}

TEST(rate_schedule, connections_take_turns) {
  rate_schedule schedule(1000, 3);
  schedule.begin(at(0s));
  EXPECT_EQ(schedule.connection_of(0), 0u);
  EXPECT_EQ(schedule.connection_of(4), 1u);
  EXPECT_EQ(schedule.due(1, 1), schedule.due(4)) << "the second message of the second connection";
}

// A server answers in 100 us but stands still from 500 to 700 ms of a second.
TEST(rate_schedule, latency_from_the_due_time_does_not_forget_a_stall) {
  rate_schedule schedule(1000, 1);
  schedule.begin(at(0s));
  latency_histogram from_due;
  latency_histogram from_sent;  // as a client measures that waits for each answer
  net::time_point free = at(0s);
  for (std::uint64_t index = 0; index < 1000; ++index) {
    const net::time_point sent = std::max(schedule.due(index), free);
    const bool stalls = sent >= at(500ms) && sent < at(700ms);
    const net::time_point answered = (stalls ? at(700ms) : sent) + 100us;
    free = answered;
    from_due.record(static_cast<std::uint64_t>((answered - schedule.due(index)).count()));
    from_sent.record(static_cast<std::uint64_t>((answered - sent).count()));
  }
  const auto milliseconds = [](double count) { return static_cast<std::uint64_t>(count * 1e6); };
  EXPECT_LT(from_sent.percentile(99), milliseconds(0.2));
  EXPECT_GT(from_due.percentile(99), milliseconds(180));
  EXPECT_GT(from_due.percentile(90), milliseconds(90));
  EXPECT_LT(from_due.percentile(50), milliseconds(0.2));
}

}  // namespace
}  // namespace actornet::load

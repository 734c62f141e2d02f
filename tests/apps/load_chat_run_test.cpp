// Whole runs of the chat load in simulated worlds: what is counted, and what is found.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "load_chat_simulation.hpp"

namespace actornet::load {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using event = simulated_chat::event;
using events = std::vector<event>;

constexpr std::uint64_t seeds = 10;

std::uint64_t nanoseconds(net::duration length) {
  return static_cast<std::uint64_t>(length.count());
}

bool is_message(const event& one, std::uint64_t offset) {
  return one.has_message() && one.message().position().offset() == offset;
}

void expect_flawless(std::uint64_t seed, const chat_options& options) {
  simulated_chat_load load(seed, options, {});
  ASSERT_TRUE(load.finish()) << describe(options) << ", " << load.world;
  const chat_results& results = load.results();
  EXPECT_FALSE(results.not_begun) << *results.not_begun;
  EXPECT_EQ(results.errors(), 0u) << load.world;
  EXPECT_GT(results.published, 0u) << load.world;
  EXPECT_GT(results.deliveries, 0u) << load.world;
  EXPECT_EQ(load.run.connections_up(), options.members);
}

TEST(load_chat_run, every_member_of_every_room_gets_everything_in_hostile_worlds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    chat_options options = simulated_chat_options();
    expect_flawless(seed, options);
    options.rooms = 3;
    options.outstanding = 8;
    expect_flawless(seed, options);
    options.publishers = 1;
    expect_flawless(seed, options);
    options.rate = 500;
    options.text_bytes = 2000;
    expect_flawless(seed, options);
  }
}

TEST(load_chat_run, an_open_loop_publishes_as_many_messages_as_are_due) {
  chat_options options = simulated_chat_options();
  options.rooms = 2;
  options.rate = 1000;
  options.duration = 1s;
  simulated_chat_load load(1, options, sim::faults::calm());
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors(), 0u);
  EXPECT_NEAR(static_cast<double>(load.results().published), 1000, 10);
  EXPECT_NEAR(static_cast<double>(load.results().deliveries), 3000, 30);
  EXPECT_NEAR(static_cast<double>(load.results().latency.count()), 3000, 30);
  EXPECT_LE(load.results().latency.max(), nanoseconds(3ms)) << "a tick, and there and back";
}

TEST(load_chat_run, no_more_messages_are_outstanding_than_asked_for) {
  chat_options options = simulated_chat_options();
  options.outstanding = 4;
  std::uint64_t published = 0;
  std::uint64_t everywhere = 0;
  std::uint64_t most = 0;
  simulated_chat_load load(1, options, sim::faults::calm(),
                           [&](std::size_t index, const event& one) {
                             if (one.has_message() && index == 0)
                               most = std::max(most, ++published - everywhere);
                             if (one.has_message() && index == 5)
                               everywhere = one.message().position().offset();
                             return events{one};
                           });
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors(), 0u);
  EXPECT_GT(published, 20u);
  EXPECT_LE(most, 4u);
}

TEST(load_chat_run, a_listener_publishes_nothing) {
  chat_options options = simulated_chat_options();
  options.listen_only = true;
  simulated_chat_load load(1, options, sim::faults::calm());
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors(), 0u);
  EXPECT_EQ(load.results().deliveries_total, 0u);
}

// What a server does to message 5 of the room on its way to member 2.
chat_counts counts_with(const std::function<events(const event&)>& fault, bool ends_well = true) {
  chat_options options = simulated_chat_options();
  options.rate = 200;
  simulated_chat_load load(
      1, options, sim::faults::calm(),
      [&](std::size_t index, const event& one) { return index == 2 ? fault(one) : events{one}; });
  EXPECT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors() == 0, ends_well);
  return load.results().counts;
}

TEST(load_chat_run, a_message_that_is_left_out_is_lost) {
  const chat_counts counts = counts_with(
      [](const event& one) { return is_message(one, 5) ? events{} : events{one}; }, false);
  EXPECT_EQ(counts.lost, 1u);
  EXPECT_EQ(counts.doubled + counts.reordered + counts.wrong + counts.gaps, 0u);
}

TEST(load_chat_run, messages_that_never_come_to_the_end_are_lost) {
  const chat_counts counts = counts_with(
      [](const event& one) {
        return one.has_message() && one.message().position().offset() >= 5 ? events{} : events{one};
      },
      false);
  EXPECT_GT(counts.lost, 20u);
}

TEST(load_chat_run, a_message_that_comes_twice_is_doubled) {
  const chat_counts counts = counts_with(
      [](const event& one) {
        return is_message(one, 5) ? events{one, one} : events{one};
      },
      false);
  EXPECT_EQ(counts.doubled, 1u);
  EXPECT_EQ(counts.lost + counts.reordered + counts.wrong, 0u);
}

TEST(load_chat_run, messages_that_change_places_are_reordered) {
  event held;
  const chat_counts counts = counts_with(
      [&held](const event& one) {
        if (is_message(one, 5)) {
          held = one;
          return events{};
        }
        return is_message(one, 6) ? events{one, held} : events{one};
      },
      false);
  EXPECT_EQ(counts.reordered, 1u);
  EXPECT_EQ(counts.lost + counts.doubled + counts.wrong, 0u);
}

TEST(load_chat_run, another_text_than_was_published_is_found) {
  const chat_counts counts = counts_with(
      [](const event& one) {
        event other = one;
        if (is_message(one, 5))
          other.mutable_message()->mutable_text()->back() ^= 1;
        return events{other};
      },
      false);
  EXPECT_EQ(counts.wrong, 1u);
}

TEST(load_chat_run, another_message_than_others_got_at_that_place_is_found) {
  const chat_counts counts = counts_with(
      [](const event& one) {
        event other = one;
        if (is_message(one, 5))
          other.mutable_message()->set_id("load-00000000ffffffff");
        return events{other};
      },
      false);
  EXPECT_EQ(counts.wrong, 1u);
}

TEST(load_chat_run, a_gap_is_counted_and_is_no_error) {
  const chat_counts counts = counts_with([](const event& one) {
    if (is_message(one, 5))
      return events{};
    if (!is_message(one, 6))
      return events{one};
    event gap;
    gap.mutable_gap()->set_room(one.message().room());
    gap.mutable_gap()->mutable_from()->set_epoch(1);
    gap.mutable_gap()->mutable_from()->set_offset(4);
    gap.mutable_gap()->mutable_to()->set_epoch(1);
    gap.mutable_gap()->mutable_to()->set_offset(6);
    return events{gap};
  });
  EXPECT_EQ(counts.gaps, 1u);
  EXPECT_EQ(counts.gap_messages, 2u);
}

TEST(load_chat_run, a_refused_message_is_an_error_that_says_why) {
  chat_options options = simulated_chat_options();
  options.rate = 100;
  simulated_chat_load load(1, options, sim::faults::calm(), [](std::size_t, const event& one) {
    event answer = one;
    if (one.has_published() && one.published().position().offset() == 5)
      answer.mutable_failed()->set_text("slower");
    return events{answer};
  });
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().refused, 1u);
  EXPECT_EQ(load.results().errors(), 1u);
  EXPECT_THAT(load.results().complaints.front(), HasSubstr("slower"));
}

TEST(load_chat_run, a_message_without_acknowledgement_is_an_error) {
  chat_options options = simulated_chat_options();
  options.rate = 100;
  simulated_chat_load load(1, options, sim::faults::calm(), [](std::size_t, const event& one) {
    const bool fifth = one.has_published() && one.published().position().offset() == 5;
    return fifth ? events{} : events{one};
  });
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().unacknowledged, 1u);
  EXPECT_TRUE(load.results().counts.in_order());
}

TEST(load_chat_run, who_is_not_welcome_cannot_begin) {
  simulated_chat_load load(1, simulated_chat_options(), sim::faults::calm(),
                           [](std::size_t, const event& one) {
                             event answer = one;
                             if (one.has_welcome())
                               answer.mutable_failed()->set_text("no token");
                             return events{answer};
                           });
  ASSERT_TRUE(load.finish()) << load.world;
  ASSERT_TRUE(load.results().not_begun);
  EXPECT_THAT(*load.results().not_begun, HasSubstr("no token"));
}

TEST(load_chat_run, a_member_that_the_server_drops_is_an_error_and_the_others_go_on) {
  chat_options options = simulated_chat_options();
  simulated_chat_load load(
      1, options, sim::faults::calm(), [](std::size_t index, const event& one) {
        return index == 2 && is_message(one, 20) ? events{event()} : events{one};
      });
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().lost_connections, 1u);
  EXPECT_TRUE(load.results().counts.in_order());
  EXPECT_GT(load.results().published, 20u);
}

TEST(load_chat_run, stalled_members_hold_nobody_up_and_see_at_the_end_that_they_were_closed) {
  chat_options options = simulated_chat_options();
  options.stalled = 3;
  simulated_chat_load load(
      1, options, sim::faults::calm(), [](std::size_t index, const event& one) {
        return index == 4 && is_message(one, 20) ? events{event()} : events{one};
      });
  ASSERT_TRUE(load.finish()) << load.world;
  EXPECT_EQ(load.results().errors(), 0u);
  EXPECT_GT(load.results().published, 20u);
  EXPECT_EQ(load.results().stalled_closed, 1u);
}

}  // namespace
}  // namespace actornet::load

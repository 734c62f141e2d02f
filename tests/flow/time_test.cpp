#include "actornet/flow/time.hpp"

#include <vector>

#include "actornet/flow/channel.hpp"
#include "actornet/flow/select.hpp"
#include "flow/flow_test.hpp"

namespace actornet {
namespace {

class time_test : public flow_test {
 protected:
  net::duration now() const { return world_.elapsed(); }
};

TEST_F(time_test, sleep_waits_for_its_length) {
  run([&]() -> task<> {
    EXPECT_TRUE(co_await sleep(30ms));
    EXPECT_EQ(now(), 30ms);
    EXPECT_TRUE(co_await sleep(1h));
    EXPECT_EQ(now(), 1h + 30ms);
  });
}

TEST_F(time_test, sleep_until_waits_for_a_point_in_time) {
  run([&]() -> task<> {
    const net::time_point when = loop_.now() + 50ms;
    EXPECT_TRUE(co_await sleep_until(when));
    EXPECT_EQ(loop_.now(), when);
    EXPECT_TRUE(co_await sleep_until(when)) << "a time that has passed";
    EXPECT_EQ(loop_.now(), when);
  });
}

TEST_F(time_test, a_sleep_of_no_length_ends_at_once) {
  run([&]() -> task<> {
    EXPECT_TRUE(co_await sleep(0ms));
    EXPECT_TRUE(co_await sleep(-1h));
    EXPECT_EQ(now(), 0ms);
  });
}

TEST_F(time_test, a_cancelled_sleep_says_why) {
  const auto sleeper =
      start([&]() -> task<std::error_code> { co_return (co_await sleep(1h)).error(); });
  pass(10ms);
  EXPECT_FALSE(sleeper->ended());
  cancel(*sleeper, errc::killed);
  EXPECT_EQ(sleeper->take(), errc::killed);
  EXPECT_EQ(now(), 10ms);
}

TEST_F(time_test, a_task_that_was_told_to_stop_does_not_sleep) {
  run([&]() -> task<> {
    (co_await this_task()).cancel();
    EXPECT_EQ((co_await sleep(1h)).error(), errc::cancelled);
    EXPECT_EQ((co_await yield()).error(), errc::cancelled);
  });
  EXPECT_EQ(now(), 0ms);
}

TEST_F(time_test, yield_lets_what_is_ready_run_first) {
  std::vector<int> order;
  const auto counting = [&](int from) -> task<> {
    for (int i = 0; i < 3; ++i) {
      order.push_back(from + i);
      EXPECT_TRUE(co_await yield());
    }
  };
  std::unique_ptr<started_task<void>> first, second;
  first = std::make_unique<started_task<void>>(loop_, [&] { return counting(10); });
  second = std::make_unique<started_task<void>>(loop_, [&] { return counting(20); });
  on_loop([&] {
    first->begin();
    second->begin();
  });
  EXPECT_EQ(order, (std::vector{10, 20, 11, 21, 12, 22}));
}

TEST_F(time_test, a_cancel_while_it_yields_is_told) {
  std::unique_ptr<started_task<void>> yielding;
  std::error_code seen;
  yielding = std::make_unique<started_task<void>>(
      loop_, [&]() -> task<> { seen = (co_await yield()).error(); });
  on_loop([&] {
    yielding->begin();
    yielding->context().cancel();
  });
  EXPECT_TRUE(yielding->ended());
  EXPECT_EQ(seen, errc::cancelled);
}

// -- in a select ----------------------------------------------------------------------------------

TEST_F(time_test, after_bounds_a_select) {
  channel<int> quiet;
  run([&]() -> task<> {
    const auto chosen = co_await select(quiet.receive(), after(20ms));
    EXPECT_EQ(chosen.index(), 1u);
    EXPECT_FALSE(chosen.error());
    EXPECT_EQ(now(), 20ms);
  });
  EXPECT_EQ(quiet.try_send(1).error(), errc::would_block);
}

TEST_F(time_test, after_does_not_fire_once_something_else_came) {
  channel<int> ch;
  int rounds = 0;
  const auto selecting = start([&]() -> task<> {
    for (;;) {
      auto chosen = co_await select(ch.receive(), after(20ms));
      if (!chosen.get<0>())
        co_return;
      ++rounds;
    }
  });
  for (int i = 0; i < 5; ++i) {
    pass(15ms);
    on_loop([&] { EXPECT_TRUE(ch.try_send(1)); });
  }
  EXPECT_FALSE(selecting->ended()) << "each select has its own time";
  pass(21ms);
  EXPECT_TRUE(selecting->ended());
  EXPECT_EQ(rounds, 5);
}

TEST_F(time_test, after_nothing_is_ready_at_once) {
  channel<int> quiet;
  run([&]() -> task<> {
    EXPECT_EQ((co_await select(quiet.receive(), after(0ms), otherwise())).index(), 1u);
  });
}

TEST_F(time_test, the_shorter_of_two_times_wins) {
  run([&]() -> task<> {
    EXPECT_EQ((co_await select(after(20ms), after(10ms))).index(), 1u);
    EXPECT_EQ(now(), 10ms);
  });
}

// -- ticker ---------------------------------------------------------------------------------------

TEST_F(time_test, a_ticker_ticks_at_multiples_of_its_period) {
  run([&]() -> task<> {
    ticker every(10ms);
    for (int i = 1; i <= 5; ++i) {
      EXPECT_TRUE(co_await every.tick());
      EXPECT_EQ(now(), i * 10ms);
    }
    EXPECT_EQ(every.missed(), 0u);
  });
}

TEST_F(time_test, who_comes_late_to_a_ticker_gets_one_tick_and_the_rhythm_stays) {
  run([&]() -> task<> {
    ticker every(10ms);
    EXPECT_TRUE(co_await sleep(45ms));
    EXPECT_TRUE(co_await every.tick());
    EXPECT_EQ(now(), 45ms) << "at once";
    EXPECT_EQ(every.missed(), 3u) << "those at 20, 30 and 40 ms";
    EXPECT_TRUE(co_await every.tick());
    EXPECT_EQ(now(), 50ms);
    EXPECT_EQ(every.missed(), 3u);
  });
}

TEST_F(time_test, a_ticker_in_a_select_keeps_its_rhythm_whatever_else_comes) {
  channel<int> ch(1);
  run([&]() -> task<> {
    ticker every(10ms);
    int ticks = 0, received = 0;
    while (ticks < 3) {
      auto chosen = co_await select(every.tick(), ch.receive(), after(4ms));
      if (chosen.get<0>())
        EXPECT_EQ(now(), ++ticks * 10ms);
      else if (chosen.get<1>())
        ++received;
      else
        (void)ch.try_send(1);
    }
    EXPECT_GT(received, 3);
  });
}

TEST_F(time_test, a_cancelled_tick_is_not_taken) {
  ticker* shared = nullptr;
  const auto owner = start([&]() -> task<> {
    ticker every(10ms);
    shared = &every;
    EXPECT_EQ((co_await every.tick()).error(), errc::cancelled);
    EXPECT_EQ(every.missed(), 0u);
  });
  cancel(*owner);
  EXPECT_TRUE(owner->ended());
}

}  // namespace
}  // namespace actornet

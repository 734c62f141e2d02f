#include "actornet/flow/cancel.hpp"

#include <thread>
#include <vector>

#include "actornet/flow/channel.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"
#include "flow/flow_test.hpp"

namespace actornet {
namespace {

class cancel_test : public flow_test {
 protected:
  net::time_point in(net::duration length) const { return loop_.now() + length; }
  net::duration now() const { return world_.elapsed(); }
};

task<std::error_code> sleep_long() {
  co_return (co_await sleep(1h)).error();
}

// -- deadlines ------------------------------------------------------------------------------------

TEST_F(cancel_test, a_deadline_ends_what_the_task_waits_for) {
  run([&]() -> task<> {
    EXPECT_EQ(co_await with_deadline(in(20ms), sleep_long()), errc::timed_out);
    EXPECT_EQ(now(), 20ms);
    EXPECT_TRUE(co_await sleep(1ms)) << "it was the inner task's";
  });
}

TEST_F(cancel_test, a_task_that_ends_before_its_deadline_is_not_disturbed) {
  run([&]() -> task<> {
    const auto quick = []() -> task<int> {
      (void)co_await sleep(5ms);
      co_return 7;
    };
    EXPECT_EQ(co_await with_deadline(in(20ms), quick()), 7);
    EXPECT_EQ(now(), 5ms);
    EXPECT_TRUE(co_await sleep(1h));
  });
}

TEST_F(cancel_test, a_task_that_need_not_wait_gives_its_value_at_once) {
  run([&]() -> task<> {
    const auto at_once = []() -> task<int> { co_return 7; };
    EXPECT_EQ(co_await with_deadline(in(20ms), at_once()), 7);
  });
}

TEST_F(cancel_test, an_exception_crosses_a_deadline) {
  run([&]() -> task<> {
    const auto failing = []() -> task<> {
      (void)co_await sleep(1ms);
      throw std::runtime_error("inside");
    };
    bool caught = false;
    try {
      co_await with_deadline(in(20ms), failing());
    } catch (const std::runtime_error&) {
      caught = true;
    }
    EXPECT_TRUE(caught);
  });
}

TEST_F(cancel_test, after_its_deadline_a_task_still_runs_to_its_end_and_all_its_awaits_fail) {
  run([&]() -> task<> {
    const auto stubborn = []() -> task<int> {
      int failed = 0;
      for (int i = 0; i < 5; ++i)
        failed += (co_await sleep(1h)).error() == errc::timed_out;
      co_return failed;
    };
    EXPECT_EQ(co_await with_deadline(in(20ms), stubborn()), 5);
    EXPECT_EQ(now(), 20ms);
  });
}

TEST_F(cancel_test, of_nested_deadlines_the_earlier_counts) {
  run([&]() -> task<> {
    const auto inner = [&](net::duration outer, net::duration own) -> task<net::duration> {
      const net::duration begun = now();
      const auto nested = [&]() -> task<std::error_code> {
        EXPECT_EQ((co_await this_task()).deadline(), loop_.now() + std::min(outer, own));
        co_return co_await sleep_long();
      };
      EXPECT_EQ(co_await with_deadline(in(own), nested()), errc::timed_out);
      co_return now() - begun;
    };
    EXPECT_EQ(co_await with_deadline(in(20ms), inner(20ms, 50ms)), 20ms);
    EXPECT_EQ(co_await with_deadline(in(50ms), inner(50ms, 20ms)), 20ms);
  });
}

TEST_F(cancel_test, an_outer_task_goes_on_after_an_inner_deadline) {
  run([&]() -> task<> {
    const auto outer = [&]() -> task<std::error_code> {
      EXPECT_EQ(co_await with_deadline(in(10ms), sleep_long()), errc::timed_out);
      EXPECT_FALSE((co_await this_task()).cancelled());
      co_return co_await sleep_long();
    };
    EXPECT_EQ(co_await with_deadline(in(30ms), outer()), errc::timed_out);
    EXPECT_EQ(now(), 30ms);
  });
}

TEST_F(cancel_test, a_deadline_in_the_past_fails_the_first_await) {
  bool began = false;
  run([&]() -> task<> {
    const auto late = [&]() -> task<std::error_code> {
      began = true;
      co_return (co_await yield()).error();
    };
    EXPECT_TRUE(co_await sleep(5ms));
    EXPECT_EQ(co_await with_deadline(in(-1ms), late()), errc::timed_out);
    EXPECT_EQ(co_await with_deadline(in(0ms), late()), errc::timed_out);
    EXPECT_EQ(co_await with_deadline(net::time_point(), late()), errc::timed_out);
    EXPECT_EQ(now(), 5ms);
  });
  EXPECT_TRUE(began) << "it runs to its end all the same";
}

TEST_F(cancel_test, no_deadline_is_never_reached) {
  run([&]() -> task<> {
    EXPECT_FALSE(co_await with_deadline(net::never, sleep_long()));
    EXPECT_EQ(now(), 1h);
  });
}

TEST_F(cancel_test, a_cancel_of_the_parent_reaches_through_a_deadline) {
  const auto parent = start([&]() -> task<> {
    EXPECT_EQ(co_await with_deadline(in(20ms), sleep_long()), errc::killed);
    EXPECT_EQ((co_await sleep(1ms)).error(), errc::killed);
    EXPECT_EQ(co_await with_deadline(in(20ms), sleep_long()), errc::killed)
        << "one that begins afterwards, too";
  });
  pass(5ms);
  cancel(*parent, errc::killed);
  EXPECT_TRUE(parent->ended());
}

TEST_F(cancel_test, a_hundred_thousand_deadlines_that_are_not_needed_cost_no_stack) {
  run([&]() -> task<> {
    const auto at_once = []() -> task<int> { co_return 1; };
    int sum = 0;
    for (int i = 0; i < 100'000; ++i)
      sum += co_await with_deadline(net::never, at_once());
    EXPECT_EQ(sum, 100'000);
  });
}

// -- tokens ---------------------------------------------------------------------------------------

TEST_F(cancel_test, a_token_tells_once_and_for_good) {
  cancel_source source;
  const cancel_token token = source.token();
  EXPECT_FALSE(token.cancelled());
  EXPECT_EQ(token.reason(), errc{});
  source.cancel(errc::killed);
  source.cancel(errc::cancelled);
  EXPECT_TRUE(token.cancelled());
  EXPECT_EQ(token.reason(), errc::killed) << "the first call counts";
  EXPECT_EQ(source.token().reason(), errc::killed);
}

TEST_F(cancel_test, a_token_wakes_all_that_wait_for_it) {
  cancel_source source;
  std::vector<std::unique_ptr<started_task<errc>>> waiting;
  for (int i = 0; i < 5; ++i)
    waiting.push_back(
        start([token = source.token()]() -> task<errc> { co_return co_await token.wait(); }));
  on_loop([&] { source.cancel(errc::killed); });
  for (const auto& each : waiting)
    EXPECT_EQ(each->take(), errc::killed);
  EXPECT_EQ(run([&]() -> task<errc> { co_return co_await source.token().wait(); }), errc::killed)
      << "and those that come later";
}

TEST_F(cancel_test, a_wait_for_a_token_can_be_cancelled_itself) {
  cancel_source source;
  const auto waiting = start([&]() -> task<errc> { co_return co_await source.token().wait(); });
  cancel(*waiting, errc::timed_out);
  EXPECT_EQ(waiting->take(), errc::timed_out);
}

TEST_F(cancel_test, a_token_ends_a_select) {
  cancel_source source;
  channel<int> quiet;
  const auto selecting = start([&]() -> task<errc> {
    auto chosen = co_await select(quiet.receive(), source.token().wait());
    co_return chosen.get<1>() ? *chosen.get<1>() : errc{};
  });
  on_loop([&] { source.cancel(errc::shutting_down); });
  EXPECT_EQ(selecting->take(), errc::shutting_down);
}

TEST_F(cancel_test, a_token_stops_a_task) {
  cancel_source source;
  const auto parent = start([&]() -> task<> {
    EXPECT_EQ(co_await with_token(source.token(), sleep_long()), errc::killed);
    EXPECT_TRUE(co_await yield()) << "it was the inner task's";
    EXPECT_EQ(co_await with_token(source.token(), sleep_long()), errc::killed)
        << "a token that was cancelled before";
  });
  pass(5ms);
  on_loop([&] { source.cancel(errc::killed); });
  EXPECT_TRUE(parent->ended());
  EXPECT_EQ(now(), 5ms);
}

TEST_F(cancel_test, a_token_that_is_not_needed_disturbs_nobody) {
  cancel_source source;
  run([&]() -> task<> {
    const auto quick = []() -> task<int> {
      (void)co_await sleep(5ms);
      co_return 7;
    };
    EXPECT_EQ(co_await with_token(source.token(), quick()), 7);
    source.cancel();
    EXPECT_TRUE(co_await sleep(1h));
  });
}

TEST_F(cancel_test, a_token_that_is_cancelled_by_the_task_it_stops_ends_with_it) {
  cancel_source source;
  run([&]() -> task<> {
    const auto suicidal = [&](bool waits) -> task<int> {
      if (waits)
        (void)co_await yield();
      source.cancel();
      co_return 7;
    };
    EXPECT_EQ(co_await with_token(source.token(), suicidal(false)), 7);
    source = cancel_source();
    EXPECT_EQ(co_await with_token(source.token(), suicidal(true)), 7);
  });
}

TEST_F(cancel_test, a_token_that_is_cancelled_as_its_task_ends_is_waited_for) {
  cancel_source source;
  channel<int> ch;
  const auto parent = start([&]() -> task<int> {
    const auto receiving = [&]() -> task<int> { co_return *co_await ch.receive(); };
    co_return co_await with_token(source.token(), receiving());
  });
  on_loop([&] {
    EXPECT_TRUE(ch.try_send(7));
    source.cancel();
  });
  EXPECT_EQ(parent->take(), 7);
}

TEST_F(cancel_test, a_token_may_be_cancelled_from_a_thread_at_any_time) {
  for (int round = 0; round < 200; ++round) {
    cancel_source source;
    auto parent = std::make_unique<started_task<bool>>(loop_, [&]() -> task<bool> {
      const auto working = []() -> task<int> {
        int done = 0;
        while (done < 50 && co_await yield())
          ++done;
        co_return done;
      };
      const int done = co_await with_token(source.token(), working());
      co_return done == 50 || source.token().cancelled();
    });
    std::thread canceller([&source] { source.cancel(); });
    EXPECT_TRUE(world_.run_on(loop_, [&] { parent->begin(); }));
    canceller.join();
    settle();
    ASSERT_TRUE(parent->ended());
    EXPECT_TRUE(parent->take());
  }
}

}  // namespace
}  // namespace actornet

#include "actornet/flow/scope.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include "actornet/flow/cancel.hpp"
#include "actornet/flow/time.hpp"
#include "flow/scope_test.hpp"

namespace actornet {
namespace {

using scope_death_test = scope_test;

// -- ends -----------------------------------------------------------------------------------------

TEST_F(scope_test, ends_when_all_its_children_have_ended) {
  int ended = 0;
  run([&]() -> task<> {
    const auto child = [&](net::duration length) -> task<> {
      EXPECT_TRUE(co_await sleep(length));
      ++ended;
    };
    const auto given = co_await with_scope([&](scope& children) -> task<> {
      children.spawn(child(30ms));
      children.spawn(child(10ms));
      children.spawn(child(20ms));
      EXPECT_EQ(children.running(), 3u);
      co_return;
    });
    EXPECT_TRUE(given);
    EXPECT_EQ(now(), 30ms);
  });
  EXPECT_EQ(ended, 3);
}

TEST_F(scope_test, without_children_gives_the_value_of_its_body) {
  run([&]() -> task<> {
    const auto given = co_await with_scope([](scope&) -> task<int> { co_return 7; });
    EXPECT_EQ(*given, 7);
    const auto failed =
        co_await with_scope([](scope&) -> task<result<int>> { co_return errc::timed_out; });
    EXPECT_EQ(failed.error(), errc::timed_out);
  });
}

TEST_F(scope_test, a_child_begins_in_a_turn_of_its_own) {
  std::vector<std::string> order;
  run([&]() -> task<> {
    const auto child = [&]() -> task<> {
      order.push_back("child");
      co_return;
    };
    (void)co_await with_scope([&](scope& children) -> task<> {
      children.spawn(child());
      order.push_back("body");
      co_return;
    });
    order.push_back("after");
  });
  EXPECT_EQ(order, (std::vector<std::string>{"body", "child", "after"}));
}

TEST_F(scope_test, a_child_may_spawn_siblings) {
  int ran = 0;
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      const std::function<task<>(int)> grow = [&](int depth) -> task<> {
        ++ran;
        if (depth > 0) {
          children.spawn(grow(depth - 1));
          children.spawn(grow(depth - 1));
        }
        co_return;
      };
      co_await children.spawn(grow(4)).join();
      co_await children.all_ended();
    });
  });
  EXPECT_EQ(ran, 31);
}

TEST_F(scope_test, a_hundred_thousand_children_come_and_go) {
  long sum = 0;
  run([&]() -> task<> {
    const auto child = [&](int value) -> task<> {
      sum += value;
      co_return;
    };
    (void)co_await with_scope([&](scope& children) -> task<> {
      for (int i = 0; i < 100'000; ++i)
        children.spawn(child(i));
      co_return;
    });
  });
  EXPECT_EQ(sum, 100'000L * 99'999 / 2);
}

// -- failures -------------------------------------------------------------------------------------

TEST_F(scope_test, the_first_exception_stops_the_siblings_and_leaves_the_scope) {
  std::error_code sibling;
  run([&]() -> task<> {
    const auto waiting = [&]() -> task<> { sibling = co_await sleep_for(1h); };
    std::string caught;
    try {
      (void)co_await with_scope([&](scope& children) -> task<> {
        children.spawn(waiting());
        children.spawn(throwing_after(10ms));
        co_return;
      });
    } catch (const std::runtime_error& failure) {
      caught = failure.what();
    }
    EXPECT_EQ(caught, "child");
    EXPECT_EQ(now(), 10ms);
  });
  EXPECT_EQ(sibling, errc::cancelled);
}

TEST_F(scope_test, the_first_error_stops_the_siblings_and_is_the_result) {
  std::error_code sibling;
  run([&]() -> task<> {
    const auto waiting = [&]() -> task<> { sibling = co_await sleep_for(1h); };
    const auto given = co_await with_scope([&](scope& children) -> task<int> {
      children.spawn(waiting());
      children.spawn(failing_after(10ms));
      co_return 7;
    });
    EXPECT_EQ(given.error(), errc::message_malformed);
    EXPECT_EQ(now(), 10ms);
  });
  EXPECT_EQ(sibling, errc::cancelled);
}

TEST_F(scope_test, of_several_failures_the_first_counts) {
  run([&]() -> task<> {
    const auto given = co_await with_scope([](scope& children) -> task<> {
      children.spawn(throwing_after(20ms));
      children.spawn(failing_after(10ms));
      co_return;
    });
    EXPECT_EQ(given.error(), errc::message_malformed);
  });
}

TEST_F(scope_test, an_exception_of_the_body_stops_the_children) {
  std::error_code child;
  run([&]() -> task<> {
    const auto waiting = [&]() -> task<> { child = co_await sleep_for(1h); };
    bool caught = false;
    try {
      (void)co_await with_scope([&](scope& children) -> task<> {
        children.spawn(waiting());
        (void)co_await yield();
        throw std::logic_error("body");
      });
    } catch (const std::logic_error&) {
      caught = true;
    }
    EXPECT_TRUE(caught);
    EXPECT_EQ(now(), 0ms);
  });
  EXPECT_EQ(child, errc::cancelled);
}

TEST_F(scope_test, an_error_of_the_body_stops_the_children) {
  run([&]() -> task<> {
    const auto given = co_await with_scope([](scope& children) -> task<result<int>> {
      children.spawn(sleep_for(1h));
      co_return errc::timed_out;
    });
    EXPECT_EQ(given.error(), errc::timed_out);
    EXPECT_EQ(now(), 0ms);
  });
}

// -- stopping -------------------------------------------------------------------------------------

TEST_F(scope_test, cancel_stops_all_children_and_is_not_a_failure) {
  run([&]() -> task<> {
    const auto given = co_await with_scope([](scope& children) -> task<> {
      auto child = children.spawn(sleep_for(1h));
      (void)co_await yield();
      children.cancel(errc::killed);
      EXPECT_EQ(co_await child.join(), errc::killed);
    });
    EXPECT_TRUE(given);
  });
}

TEST_F(scope_test, a_child_that_is_spawned_after_the_cancel_is_told_at_once) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      children.cancel(errc::killed);
      EXPECT_EQ(co_await children.spawn(sleep_for(1h)).join(), errc::killed);
      const auto there = [] { return sleep_for(1h); };
      EXPECT_EQ(co_await children.spawn_on(other_, there).join(), errc::killed);
    });
    EXPECT_EQ(now(), 0ms);
  });
}

TEST_F(scope_test, a_cancel_of_the_parent_reaches_the_children) {
  std::error_code child;
  const auto parent = start([&]() -> task<> {
    const auto waiting = [&]() -> task<> { child = co_await sleep_for(1h); };
    (void)co_await with_scope([&](scope& children) -> task<> {
      children.spawn(waiting());
      co_return;
    });
  });
  EXPECT_FALSE(parent->ended());
  cancel(*parent, errc::killed);
  EXPECT_TRUE(parent->ended());
  EXPECT_EQ(child, errc::killed);
}

TEST_F(scope_test, children_inherit_the_deadline) {
  run([&]() -> task<> {
    const net::time_point when = loop_.now() + 20ms;
    const auto deadline = []() -> task<net::time_point> {
      co_return (co_await this_task()).deadline();
    };
    const auto bounded = [&]() -> task<> {
      (void)co_await with_scope([&](scope& children) -> task<> {
        EXPECT_EQ(co_await children.spawn(deadline()).join(), when);
        EXPECT_EQ(co_await children.spawn_on(other_, deadline).join(), when);
        auto late = children.spawn(sleep_for(1h));
        EXPECT_EQ(co_await late.join(), errc::timed_out);
      });
    };
    co_await with_deadline(when, bounded());
    EXPECT_EQ(now(), 20ms);
  });
}

// -- misuse ---------------------------------------------------------------------------------------

#ifndef NDEBUG
TEST_F(scope_death_test, one_that_is_left_with_running_children_says_so) {
  const auto parent = start([&]() -> task<> {
    scope children(co_await this_task());
    children.spawn(sleep_for(1h));
    (void)co_await yield();
    EXPECT_DEATH(
        {
          scope& left = children;
          left.~scope();
        },
        "left with running tasks");
    children.cancel();
    co_await children.all_ended();
  });
  EXPECT_TRUE(parent->ended());
}

TEST_F(scope_death_test, two_joins_of_one_child_at_a_time_say_so) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      auto child = children.spawn(value_after(1ms, 7));
      const auto joining = [&]() -> task<int> { co_return co_await child.join(); };
      auto first = children.spawn(joining());
      (void)co_await yield();
      EXPECT_DEATH(
          {
            task<int> second = joining();
            (void)second.start(children.context(), {});
          },
          "two joins");
      EXPECT_EQ(co_await first.join(), 7);
    });
  });
}
#endif

}  // namespace
}  // namespace actornet

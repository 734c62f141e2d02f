// What becomes of a scope when a child fails, or its task is told to stop.

#include "scope_support.hpp"

namespace actornet {
namespace {

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

}  // namespace
}  // namespace actornet

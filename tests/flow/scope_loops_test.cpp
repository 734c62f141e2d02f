// Children of a scope on another loop.

#include "scope_support.hpp"

namespace actornet {
namespace {

TEST_F(scope_test, a_child_on_another_loop_runs_there_and_its_value_comes_back) {
  run([&]() -> task<> {
    const auto there = [&]() -> task<std::unique_ptr<int>> {
      EXPECT_TRUE(other_.in_loop());
      EXPECT_TRUE(co_await sleep(10ms));
      EXPECT_TRUE(other_.in_loop());
      co_return std::make_unique<int>(7);
    };
    (void)co_await with_scope([&](scope& children) -> task<> {
      EXPECT_EQ(*co_await children.spawn_on(other_, there).join(), 7);
      EXPECT_TRUE(loop_.in_loop());
    });
  });
}

TEST_F(scope_test, a_child_on_its_own_loop_may_be_made_there) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      EXPECT_EQ(co_await children.spawn_on(loop_, [] { return value_after(1ms, 7); }).join(), 7);
    });
  });
}

TEST_F(scope_test, an_exception_of_a_child_on_another_loop_comes_back) {
  run([&]() -> task<> {
    int caught = 0;
    try {
      (void)co_await with_scope([&](scope& children) -> task<> {
        auto child = children.spawn_on(other_, [] { return throwing_after(10ms); });
        try {
          co_await child.join();
        } catch (const std::runtime_error&) {
          ++caught;
        }
      });
    } catch (const std::runtime_error&) {
      ++caught;
    }
    EXPECT_EQ(caught, 2);
  });
}

TEST_F(scope_test, an_exception_of_what_makes_the_child_comes_back) {
  run([&]() -> task<> {
    bool caught = false;
    try {
      (void)co_await with_scope([&](scope& children) -> task<> {
        children.spawn_on(other_, []() -> task<> { throw std::runtime_error("no task"); });
        co_return;
      });
    } catch (const std::runtime_error&) {
      caught = true;
    }
    EXPECT_TRUE(caught);
  });
}

TEST_F(scope_test, an_error_of_a_child_on_another_loop_stops_the_siblings_on_all) {
  run([&]() -> task<> {
    const auto given = co_await with_scope([&](scope& children) -> task<> {
      children.spawn(sleep_for(1h));
      children.spawn_on(other_, [] { return sleep_for(1h); });
      children.spawn_on(other_, [] { return failing_after(10ms); });
      co_return;
    });
    EXPECT_EQ(given.error(), errc::message_malformed);
    EXPECT_EQ(now(), 10ms);
  });
}

TEST_F(scope_test, a_cancel_reaches_another_loop) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      auto child = children.spawn_on(other_, [] { return sleep_for(1h); });
      EXPECT_TRUE(co_await sleep(10ms));
      child.cancel(errc::killed);
      child.cancel(errc::cancelled);
      EXPECT_EQ(co_await child.join(), errc::killed);
    });
    EXPECT_EQ(now(), 10ms);
  });
}

TEST_F(scope_test, a_cancel_of_a_child_on_another_loop_may_come_too_late) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      auto child = children.spawn_on(other_, []() -> task<int> { co_return 7; });
      child.cancel();
      EXPECT_EQ(co_await child.join(), 7);
    });
  });
}

TEST_F(scope_test, a_cancel_that_overtakes_its_child_on_the_way_is_not_lost) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::world shuffled(seed);
    net::loop here(shuffled.make_backend()), there(shuffled.make_backend());
    started_task<void> parent(here, [&]() -> task<> {
      (void)co_await with_scope([&](scope& children) -> task<> {
        auto child = children.spawn_on(there, [] { return sleep_for(1h); });
        child.cancel();
        EXPECT_EQ(co_await child.join(), errc::cancelled);
      });
    });
    ASSERT_TRUE(shuffled.run_on(here, [&] { parent.begin(); }));
    ASSERT_TRUE(shuffled.run_until([&] { return parent.ended(); }));
    EXPECT_LT(shuffled.elapsed(), 1h);
  }
}

}  // namespace
}  // namespace actornet

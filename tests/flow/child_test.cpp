// Handles of children, and children on other loops.

#include <memory>
#include <optional>
#include <stdexcept>

#include "actornet/flow/cancel.hpp"
#include "actornet/flow/select.hpp"
#include "flow/scope_test.hpp"

namespace actornet {
namespace {

using child_test = scope_test;

// -- handles --------------------------------------------------------------------------------------

TEST_F(child_test, join_gives_the_value_of_a_child) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      auto early = children.spawn(value_after(10ms, 1));
      auto late = children.spawn(value_after(20ms, 2));
      EXPECT_EQ(co_await late.join(), 2);
      EXPECT_TRUE(early.ended());
      EXPECT_EQ(co_await early.join(), 1) << "it has ended before";
      EXPECT_EQ(now(), 20ms);
    });
  });
}

TEST_F(child_test, join_throws_what_left_the_child) {
  run([&]() -> task<> {
    bool caught = false;
    try {
      (void)co_await with_scope([&](scope& children) -> task<> {
        auto child = children.spawn(throwing_after(10ms));
        try {
          co_await child.join();
        } catch (const std::runtime_error&) {
          caught = true;
        }
      });
      ADD_FAILURE() << "the child has failed all the same";
    } catch (const std::runtime_error&) {
    }
    EXPECT_TRUE(caught);
  });
}

TEST_F(child_test, join_may_be_an_alternative) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      auto slow = children.spawn(value_after(50ms, 1));
      auto quick = children.spawn(value_after(20ms, 2));
      auto first = co_await select(slow.join(), after(10ms));
      EXPECT_EQ(first.index(), 1u);
      auto second = co_await select(slow.join(), quick.join());
      EXPECT_EQ(*second.get<1>(), 2);
      EXPECT_EQ(now(), 20ms);
      EXPECT_EQ(co_await slow.join(), 1) << "a select that lost it may be followed by another join";
    });
  });
}

TEST_F(child_test, a_select_over_a_join_that_is_cancelled_leaves_the_child_alone) {
  bool child_ended = false;
  run([&]() -> task<> {
    const auto child_body = [&]() -> task<> {
      EXPECT_TRUE(co_await sleep(30ms));
      child_ended = true;
    };
    (void)co_await with_scope([&](scope& children) -> task<> {
      auto child = children.spawn(child_body());
      const auto selecting = [&]() -> task<std::error_code> {
        co_return (co_await select(child.join(), after(1h))).error();
      };
      EXPECT_EQ(co_await with_deadline(loop_.now() + 10ms, selecting()), errc::timed_out);
      EXPECT_FALSE(child.ended());
    });
  });
  EXPECT_TRUE(child_ended);
}

TEST_F(child_test, a_cancelled_join_stops_the_child_and_waits_for_its_end) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      auto child = children.spawn(sleep_for(1h));
      const auto joining = [&]() -> task<std::error_code> { co_return co_await child.join(); };
      EXPECT_EQ(co_await with_deadline(loop_.now() + 10ms, joining()), errc::timed_out)
          << "the reason that the child saw";
      EXPECT_TRUE(child.ended());
    });
    EXPECT_EQ(now(), 10ms);
  });
}

TEST_F(child_test, a_handle_stops_one_child) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      auto first = children.spawn(sleep_for(1h));
      auto second = children.spawn(sleep_for(10ms));
      (void)co_await yield();
      first.cancel(errc::killed);
      EXPECT_EQ(co_await first.join(), errc::killed);
      EXPECT_EQ(co_await second.join(), std::error_code());
      first.cancel();
    });
  });
}

TEST_F(child_test, a_handle_may_outlive_the_scope) {
  std::optional<child<std::shared_ptr<int>>> kept;
  const auto value = std::make_shared<int>(7);
  run([&]() -> task<> {
    const auto body = [&]() -> task<std::shared_ptr<int>> { co_return value; };
    (void)co_await with_scope([&](scope& children) -> task<> {
      kept = children.spawn(body());
      co_return;
    });
    EXPECT_TRUE(kept->ended());
    kept->cancel();
    EXPECT_EQ(*co_await kept->join(), 7);
  });
  kept.reset();
  EXPECT_EQ(value.use_count(), 1);
}

// -- another loop ---------------------------------------------------------------------------------

TEST_F(child_test, a_child_on_another_loop_runs_there_and_its_value_comes_back) {
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

TEST_F(child_test, a_child_on_its_own_loop_may_be_made_there) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      EXPECT_EQ(co_await children.spawn_on(loop_, [] { return value_after(1ms, 7); }).join(), 7);
    });
  });
}

TEST_F(child_test, an_exception_of_a_child_on_another_loop_comes_back) {
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

TEST_F(child_test, an_exception_of_what_makes_the_child_comes_back) {
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

TEST_F(child_test, an_error_of_a_child_on_another_loop_stops_the_siblings_on_all) {
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

TEST_F(child_test, a_cancel_reaches_another_loop) {
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

TEST_F(child_test, a_cancel_of_a_child_on_another_loop_may_come_too_late) {
  run([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      auto child = children.spawn_on(other_, []() -> task<int> { co_return 7; });
      child.cancel();
      EXPECT_EQ(co_await child.join(), 7);
    });
  });
}

TEST_F(child_test, a_cancel_that_overtakes_its_child_on_the_way_is_not_lost) {
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

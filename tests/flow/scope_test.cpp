#include "scope_support.hpp"

namespace actornet {
namespace {

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

// -- handles --------------------------------------------------------------------------------------

TEST_F(scope_test, join_gives_the_value_of_a_child) {
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

TEST_F(scope_test, join_throws_what_left_the_child) {
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

TEST_F(scope_test, join_may_be_an_alternative) {
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

TEST_F(scope_test, a_select_over_a_join_that_is_cancelled_leaves_the_child_alone) {
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

TEST_F(scope_test, a_cancelled_join_stops_the_child_and_waits_for_its_end) {
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

TEST_F(scope_test, a_handle_stops_one_child) {
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

TEST_F(scope_test, a_handle_may_outlive_the_scope) {
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

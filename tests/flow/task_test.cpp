#include "actornet/flow/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "actornet/sim/world.hpp"
#include "runtime/gate.hpp"

namespace actornet {
namespace {

using namespace std::chrono_literals;

/// A loop with a task context; runs tasks in the loop's turns.
class task_test : public ::testing::Test {
 protected:
  /// Runs @p work as somebody who owns it would, until it ended or parks for good.
  template <class T>
  void run(task<T>& work) {
    ASSERT_TRUE(world_.run_on(loop_, [&] {
      parked_ =
          work.start(context_, {[](void* ended) { *static_cast<bool*>(ended) = true; }, &ended_});
      ended_ = ended_ || !parked_;
    }));
    ASSERT_TRUE(world_.run_until_idle());
  }

  void open(gate& door) {
    ASSERT_TRUE(world_.run_on(loop_, [&door] { door.open(); }));
    ASSERT_TRUE(world_.run_until_idle());
  }

  sim::world world_{1};
  net::loop loop_{world_.make_backend()};
  task_context context_{loop_};
  bool parked_ = false;
  bool ended_ = false;
};

task<int> value_of(int value) {
  co_return value;
}

TEST_F(task_test, gives_its_value_to_who_awaits_it) {
  auto outer = []() -> task<std::string> {
    const int number = co_await value_of(42);
    co_return std::to_string(number);
  }();
  run(outer);
  EXPECT_TRUE(ended_);
  EXPECT_FALSE(parked_);
  EXPECT_EQ(outer.take(), "42");
}

TEST_F(task_test, gives_a_value_that_can_only_be_moved) {
  auto outer = []() -> task<std::unique_ptr<int>> {
    const auto inner = []() -> task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    co_return co_await inner();
  }();
  run(outer);
  EXPECT_EQ(*outer.take(), 7);
}

TEST_F(task_test, does_nothing_before_it_is_awaited) {
  bool began = false;
  const auto lazy = [&began]() -> task<> {
    began = true;
    co_return;
  };
  {
    const task<> never_awaited = lazy();
    EXPECT_FALSE(never_awaited.done());
  }
  EXPECT_FALSE(began);
  task<> awaited = lazy();
  run(awaited);
  EXPECT_TRUE(began);
  EXPECT_TRUE(awaited.done());
}

TEST_F(task_test, an_exception_crosses_every_await_and_can_be_caught) {
  const auto failing = []() -> task<> {
    throw std::runtime_error("deep");
    co_return;
  };
  const auto between = [&failing]() -> task<int> {
    co_await failing();
    co_return 1;
  };
  const auto catching = [&between]() -> task<std::string> {
    try {
      co_await between();
    } catch (const std::runtime_error& caught) {
      co_return caught.what();
    }
    co_return "nothing";
  };
  auto outer = catching();
  run(outer);
  EXPECT_EQ(outer.take(), "deep");
}

TEST_F(task_test, an_exception_that_nobody_catches_is_thrown_by_take) {
  const auto failing = []() -> task<> {
    throw std::runtime_error("out");
    co_return;
  };
  auto outer = failing();
  run(outer);
  EXPECT_TRUE(ended_);
  EXPECT_THROW(outer.take(), std::runtime_error);
}

TEST_F(task_test, an_exception_crosses_an_await_that_was_parked) {
  gate door;
  const auto failing = [&door]() -> task<> {
    co_await door.pass();
    throw std::runtime_error("late");
  };
  const auto catching = [&failing]() -> task<bool> {
    try {
      co_await failing();
    } catch (const std::runtime_error&) {
      co_return true;
    }
    co_return false;
  };
  auto outer = catching();
  run(outer);
  EXPECT_TRUE(parked_);
  EXPECT_FALSE(ended_);
  open(door);
  EXPECT_TRUE(ended_);
  EXPECT_TRUE(outer.take());
}

TEST_F(task_test, a_hundred_thousand_awaits_that_complete_at_once_need_no_stack) {
  const auto many = []() -> task<long> {
    long sum = 0;
    for (int i = 0; i < 100'000; ++i)
      sum += co_await value_of(i);
    co_return sum;
  };
  auto outer = many();
  run(outer);
  EXPECT_EQ(outer.take(), 100'000L * 99'999 / 2);
}

TEST_F(task_test, a_hundred_thousand_awaits_that_park_need_no_stack) {
  gate door;
  int passed = 0;
  const auto many = [&]() -> task<> {
    const auto once = [&]() -> task<> { co_await door.pass(); };
    for (; passed < 100'000; ++passed)
      co_await once();
  };
  auto outer = many();
  run(outer);
  ASSERT_TRUE(world_.run_on(loop_, [this, &door, &passed] {
    struct opener {
      net::loop& on;
      gate& door;
      int& passed;
      static void run(void* context) {
        auto* self = static_cast<opener*>(context);
        self->door.open();
        if (self->passed < 100'000)
          self->on.enqueue({run, self});
      }
    };
    static std::unique_ptr<opener> again;
    again.reset(new opener{loop_, door, passed});
    loop_.enqueue({opener::run, again.get()});
  }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(passed, 100'000);
  EXPECT_TRUE(ended_);
}

TEST_F(task_test, a_frame_and_what_it_owns_is_freed_with_the_task) {
  const auto owned = std::make_shared<int>(1);
  gate door;
  {
    const auto holding = [](std::shared_ptr<int> mine, gate& at) -> task<int> {
      co_await at.pass();
      co_return *mine;
    };
    auto outer = holding(owned, door);
    run(outer);
    EXPECT_EQ(owned.use_count(), 2);
    open(door);
    EXPECT_TRUE(ended_);
    EXPECT_EQ(outer.take(), 1);
  }
  EXPECT_EQ(owned.use_count(), 1);
}

// -- cancellation ---------------------------------------------------------------------------------

TEST_F(task_test, cancelling_wakes_it_where_it_is_parked_and_fails_every_later_await) {
  gate first, second;
  std::vector<errc> seen;
  const auto waiting = [&]() -> task<> {
    seen.push_back(co_await first.pass());
    seen.push_back(co_await second.pass());
  };
  const auto outer_of = [&waiting]() -> task<> { co_await waiting(); };
  auto outer = outer_of();
  run(outer);
  EXPECT_TRUE(first.occupied());
  ASSERT_TRUE(world_.run_on(loop_, [this] {
    context_.cancel(errc::killed);
    context_.cancel(errc::cancelled);  // the first reason stays
  }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_TRUE(ended_);
  EXPECT_EQ(seen, (std::vector{errc::killed, errc::killed}));
  EXPECT_FALSE(first.occupied());
  EXPECT_TRUE(context_.cancelled());
  EXPECT_EQ(context_.cancel_reason(), errc::killed);
}

TEST_F(task_test, one_that_was_cancelled_before_it_began_runs_to_its_end) {
  gate door;
  errc seen{};
  const auto waiting = [&]() -> task<> { seen = co_await door.pass(); };
  ASSERT_TRUE(world_.run_on(loop_, [this] { context_.cancel(); }));
  auto outer = waiting();
  run(outer);
  EXPECT_TRUE(ended_);
  EXPECT_EQ(seen, errc::cancelled);
}

TEST_F(task_test, cancelling_between_wake_and_resume_does_not_wake_it_twice) {
  gate door;
  std::vector<errc> seen;
  const auto waiting = [&]() -> task<> {
    seen.push_back(co_await door.pass());
    seen.push_back(co_await door.pass());
  };
  auto outer = waiting();
  run(outer);
  ASSERT_TRUE(world_.run_on(loop_, [&] {
    door.open();
    context_.cancel(errc::killed);
  }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_TRUE(ended_);
  EXPECT_EQ(seen.size(), 2u);
}

TEST_F(task_test, can_be_cancelled_at_each_of_its_awaits) {
  for (int stop_at = 0; stop_at <= 5; ++stop_at) {
    task_context context(loop_);
    gate door;
    int passed = 0;
    bool ended = false;
    const auto waiting = [&]() -> task<> {
      for (int i = 0; i < 5; ++i)
        if (co_await door.pass() == errc{})
          ++passed;
    };
    auto outer = waiting();
    ASSERT_TRUE(world_.run_on(loop_, [&] {
      (void)outer.start(context, {[](void* flag) { *static_cast<bool*>(flag) = true; }, &ended});
    }));
    for (int i = 0; i < stop_at; ++i)
      open(door);
    ASSERT_TRUE(world_.run_on(loop_, [&context] { context.cancel(); }));
    ASSERT_TRUE(world_.run_until_idle());
    EXPECT_TRUE(ended);
    EXPECT_EQ(passed, stop_at);
  }
}

}  // namespace
}  // namespace actornet

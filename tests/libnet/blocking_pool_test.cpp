#include "actornet/net/blocking_pool.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

#include "actornet/log.hpp"

namespace actornet::net {
namespace {

/// A door that work waits at.
class gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    --waiting_;
  }
  void open() {
    const std::lock_guard guard(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void await_waiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return waiting_ == count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

/// Work that waits at a gate and gives a number.
auto number_behind(gate& door, int number) {
  return [&door, number]() -> result<int> {
    door.pass();
    return number;
  };
}

struct fixture : testing::Test {
  loop home{make_asio_backend()};
  std::vector<result<int>> results;

  auto keep() {
    return [this](result<int> came) { results.push_back(came); };
  }
  void turn_until_results(std::size_t count) {
    while (results.size() < count)
      home.turn(true);
  }
};

using blocking_pool_test = fixture;

TEST_F(blocking_pool_test, work_runs_on_another_thread_and_its_result_comes_to_the_loop) {
  blocking_pool pool;
  std::thread::id worker, receiver;
  const auto work = pool.run(
      home,
      [&worker]() -> result<int> {
        worker = std::this_thread::get_id();
        EXPECT_FALSE(loop::current());
        return 7;
      },
      [&](result<int> came) {
        receiver = std::this_thread::get_id();
        EXPECT_TRUE(home.in_loop());
        results.push_back(came);
      });
  ASSERT_TRUE(work);
  turn_until_results(1);
  EXPECT_EQ(*results[0], 7);
  EXPECT_EQ(receiver, std::this_thread::get_id());
  EXPECT_NE(worker, receiver);
}

TEST_F(blocking_pool_test, an_error_comes_as_an_error) {
  blocking_pool pool;
  const auto work = pool.run(
      home, []() -> result<int> { return errc::name_not_found; }, keep());
  turn_until_results(1);
  EXPECT_EQ(results[0].error(), errc::name_not_found);
}

TEST_F(blocking_pool_test, an_exception_comes_as_an_error) {
  set_log_sink([](log_level, std::string_view) {});
  blocking_pool pool;
  const auto failing = pool.run(
      home, []() -> result<int> { throw std::runtime_error("no"); }, keep());
  turn_until_results(1);
  const auto starving = pool.run(
      home, []() -> result<int> { throw std::bad_alloc(); }, keep());
  turn_until_results(2);
  set_log_sink(nullptr);
  EXPECT_EQ(results[0].error(), errc::handler_failed);
  EXPECT_EQ(results[1].error(), errc::out_of_memory);
}

TEST_F(blocking_pool_test, as_much_work_as_there_are_threads_runs_at_a_time) {
  gate door;
  blocking_pool pool;
  std::vector<result<blocking_work>> work;
  for (int i = 0; i < 10; ++i)
    work.push_back(pool.run(home, number_behind(door, i), keep()));
  door.await_waiting(blocking_pool::threads_max);
  door.open();
  turn_until_results(10);
}

TEST_F(blocking_pool_test, one_thread_does_its_work_in_order) {
  blocking_pool pool(1);
  std::vector<result<blocking_work>> work;
  for (int i = 0; i < 100; ++i)
    work.push_back(pool.run(
        home, [i]() -> result<int> { return i; }, keep()));
  turn_until_results(100);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(*results[static_cast<std::size_t>(i)], i);
}

TEST_F(blocking_pool_test, a_full_queue_refuses_work_and_takes_some_again_later) {
  gate door;
  blocking_pool pool(1);
  std::vector<result<blocking_work>> work;
  work.push_back(pool.run(home, number_behind(door, 0), keep()));
  door.await_waiting(1);
  for (std::size_t i = 0; i < blocking_pool::queue_max; ++i) {
    work.push_back(pool.run(home, number_behind(door, 1), keep()));
    ASSERT_TRUE(work.back());
  }
  EXPECT_EQ(pool.run(home, number_behind(door, 2), keep()).error(), errc::mailbox_full);
  work.pop_back();  // abandons it
  work.push_back(pool.run(home, number_behind(door, 3), keep()));
  EXPECT_TRUE(work.back());
  door.open();
  turn_until_results(1 + blocking_pool::queue_max);
  EXPECT_EQ(*results.back(), 3);
}

TEST_F(blocking_pool_test, detached_work_runs_whatever_becomes_of_its_handle) {
  blocking_pool pool(1);
  gate door;
  {
    auto work = pool.run(home, number_behind(door, 1), keep());
    ASSERT_TRUE(work);
    work->detach();
  }
  door.open();
  turn_until_results(1);
  EXPECT_EQ(*results[0], 1);
}

TEST_F(blocking_pool_test, abandoned_work_that_waits_never_runs) {
  gate door;
  bool ran = false;
  {
    blocking_pool pool(1);
    const auto first = pool.run(home, number_behind(door, 1), keep());
    door.await_waiting(1);
    auto second = pool.run(
        home,
        [&ran]() -> result<int> {
          ran = true;
          return 2;
        },
        keep());
    *second = {};
    const auto third = pool.run(home, number_behind(door, 3), keep());
    door.open();
    turn_until_results(2);
  }
  EXPECT_FALSE(ran);
  EXPECT_EQ(*results[1], 3);
}

TEST_F(blocking_pool_test, abandoned_work_that_runs_ends_for_nothing) {
  gate door;
  blocking_pool pool(1);
  auto handler_owns = std::make_shared<int>();
  const std::weak_ptr<int> handler = handler_owns;
  auto first = pool.run(home, number_behind(door, 1),
                        [owned = std::move(handler_owns)](result<int>) { ADD_FAILURE(); });
  door.await_waiting(1);
  *first = {};
  EXPECT_TRUE(handler.expired());  // the handler goes at once
  const auto second = pool.run(home, number_behind(door, 2), keep());
  door.open();
  turn_until_results(1);
  EXPECT_EQ(*results[0], 2);
}

TEST_F(blocking_pool_test, a_handler_may_abandon_work_and_give_more) {
  blocking_pool pool(0);
  result<blocking_work> first(errc::cancelled), second(errc::cancelled), third(errc::cancelled);
  first = pool.run(
      home, []() -> result<int> { return 1; },
      [&](result<int> came) {
        results.push_back(came);
        *second = {};
        third = pool.run(
            home, []() -> result<int> { return 3; }, keep());
      });
  second = pool.run(
      home, []() -> result<int> { return 2; }, keep());
  turn_until_results(2);
  EXPECT_EQ(*results[0], 1);
  EXPECT_EQ(*results[1], 3);
}

TEST_F(blocking_pool_test, without_threads_work_runs_when_the_loop_turns) {
  blocking_pool pool(0);
  const auto mine = std::this_thread::get_id();
  bool ran = false;
  const auto work = pool.run(
      home,
      [&]() -> result<int> {
        EXPECT_EQ(std::this_thread::get_id(), mine);
        ran = true;
        return 5;
      },
      keep());
  EXPECT_FALSE(ran);
  home.turn(false);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(*results[0], 5);
}

TEST_F(blocking_pool_test, without_threads_the_queue_is_as_long) {
  blocking_pool pool(0);
  std::vector<result<blocking_work>> work;
  for (std::size_t i = 0; i < blocking_pool::queue_max; ++i)
    work.push_back(pool.run(
        home, []() -> result<int> { return 1; }, keep()));
  EXPECT_EQ(pool.run(
                    home, []() -> result<int> { return 1; }, keep())
                .error(),
            errc::mailbox_full);
  home.turn(false);
  EXPECT_EQ(results.size(), blocking_pool::queue_max);
}

TEST_F(blocking_pool_test, the_end_waits_for_running_work_and_drops_results_and_what_waits) {
  gate door;
  bool ran = false;
  result<blocking_work> running(errc::cancelled), waiting(errc::cancelled);
  std::thread opener;
  {
    blocking_pool pool(1);
    running = pool.run(home, number_behind(door, 1), keep());
    door.await_waiting(1);
    waiting = pool.run(
        home,
        [&ran]() -> result<int> {
          ran = true;
          return 2;
        },
        keep());
    opener = std::thread([&door] { door.open(); });
  }
  opener.join();
  home.turn(false);
  EXPECT_TRUE(results.empty());
}

TEST_F(blocking_pool_test, results_that_stand_in_the_loops_queue_go_with_their_pool_only) {
  blocking_pool other(0);
  const auto kept = other.run(
      home, []() -> result<int> { return 1; }, keep());
  {
    blocking_pool pool(0);
    const auto dropped = pool.run(
        home, []() -> result<int> { return 2; }, keep());
  }
  home.turn(false);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(*results[0], 1);
}

TEST_F(blocking_pool_test, a_pool_serves_several_loops) {
  loop other(make_asio_backend());
  blocking_pool pool;
  int elsewhere = 0;
  const auto here = pool.run(
      home, []() -> result<int> { return 1; }, keep());
  const auto there = pool.run(
      other, []() -> result<int> { return 2; },
      [&](result<int> came) {
        EXPECT_TRUE(other.in_loop());
        elsewhere = *came;
      });
  turn_until_results(1);
  while (elsewhere == 0)
    other.turn(true);
  EXPECT_EQ(elsewhere, 2);
}

}  // namespace
}  // namespace actornet::net

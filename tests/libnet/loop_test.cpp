#include "actornet/net/loop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "actornet/net/multiplexer.hpp"
#include "actornet/sim/socketless_backend.hpp"
#include "actornet/sim/world.hpp"

namespace actornet::net {
namespace {

using namespace std::chrono_literals;

/// Entries made of functions; they live until the test ends.
class work_list {
 public:
  entry operator()(std::function<void()> work) {
    made_.push_back(std::make_unique<std::function<void()>>(std::move(work)));
    return {[](void* context) { (*static_cast<std::function<void()>*>(context))(); },
            made_.back().get()};
  }

 private:
  std::vector<std::unique_ptr<std::function<void()>>> made_;
};

class loop_test : public ::testing::Test {
 protected:
  sim::world world_{1, {.faults = sim::faults::calm()}};
  work_list work_;
  loop loop_{world_.make_backend()};
};

TEST_F(loop_test, runs_what_is_posted_in_order_and_knows_that_it_runs) {
  std::vector<int> order;
  EXPECT_FALSE(loop_.in_loop());
  for (int i = 0; i < 1000; ++i)
    loop_.post(work_([this, &order, i] {
      EXPECT_TRUE(loop_.in_loop());
      EXPECT_EQ(loop::current(), &loop_);
      order.push_back(i);
    }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_EQ(loop::current(), nullptr);
}

TEST_F(loop_test, takes_a_bounded_batch_a_turn) {
  std::size_t ran = 0;
  for (std::size_t i = 0; i < loop::batch_entries_max + 10; ++i)
    loop_.post(work_([&ran] { ++ran; }));
  EXPECT_TRUE(loop_.turn(false));
  EXPECT_EQ(ran, loop::batch_entries_max);
  EXPECT_TRUE(loop_.has_work());
  EXPECT_TRUE(loop_.turn(false));
  EXPECT_EQ(ran, loop::batch_entries_max + 10);
  EXPECT_FALSE(loop_.has_work());
  EXPECT_FALSE(loop_.turn(false));
}

TEST_F(loop_test, an_entry_handed_over_runs_before_the_queue) {
  std::vector<std::string> order;
  loop_.post(work_([&] {
    order.push_back("first");
    loop_.enqueue(work_([&] { order.push_back("queued"); }));
    loop_.enqueue_next(work_([&] { order.push_back("next"); }));
  }));
  loop_.post(work_([&] { order.push_back("second"); }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(order, (std::vector<std::string>{"first", "next", "second", "queued"}));
}

TEST_F(loop_test, a_second_entry_handed_over_replaces_the_first_which_is_not_lost) {
  std::vector<int> order;
  loop_.post(work_([&] {
    loop_.enqueue_next(work_([&] { order.push_back(1); }));
    loop_.enqueue_next(work_([&] { order.push_back(2); }));
  }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(order, (std::vector{2, 1}));
}

TEST_F(loop_test, a_chain_of_hand_overs_does_not_starve_the_queue) {
  int chain = 0;
  int chain_when_queued_ran = -1;
  std::function<void()> again = [&] {
    if (++chain < 10'000)
      loop_.enqueue_next(work_(again));
  };
  loop_.post(work_(again));
  loop_.post(work_([&] { chain_when_queued_ran = chain; }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(chain, 10'000);
  EXPECT_LE(chain_when_queued_ran, static_cast<int>(loop::run_next_max) + 2);
}

TEST_F(loop_test, gives_each_entry_full_credit) {
  std::vector<unsigned> credits;
  for (int i = 0; i < 2; ++i)
    loop_.post(work_([&] {
      credits.push_back(loop_.credit());
      loop_.credit() = 0;
    }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(credits, std::vector<unsigned>(2, loop::credits_per_resume));
}

struct counting_output final : flushable {
  explicit counting_output(std::function<void()> then = {}) : on_flush(std::move(then)) {}
  void flush() override {
    ++flushes;
    if (on_flush)
      on_flush();
  }
  int flushes = 0;
  std::function<void()> on_flush;
};

TEST_F(loop_test, flushes_each_output_once_at_the_end_of_the_turn) {
  counting_output first, second;
  int flushes_inside = 0;
  loop_.post(work_([&] {
    loop_.flush_later(first);
    loop_.flush_later(second);
    loop_.flush_later(first);
    flushes_inside = first.flushes + second.flushes;
  }));
  loop_.turn(false);
  EXPECT_EQ(flushes_inside, 0);
  EXPECT_EQ(first.flushes, 1);
  EXPECT_EQ(second.flushes, 1);
}

TEST_F(loop_test, an_output_may_leave_the_list_from_any_place_of_it) {
  for (int leaving = 0; leaving < 3; ++leaving) {
    counting_output outputs[3];
    loop_.post(work_([&] {
      for (counting_output& each : outputs)
        loop_.flush_later(each);
      loop_.cancel_flush(outputs[leaving]);
      loop_.cancel_flush(outputs[leaving]);
      loop_.flush_later(outputs[leaving]);
      loop_.cancel_flush(outputs[leaving]);
    }));
    loop_.turn(false);
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(outputs[i].flushes, i == leaving ? 0 : 1);
  }
}

TEST_F(loop_test, an_output_that_asks_again_while_it_flushes_is_flushed_again) {
  counting_output again;
  again.on_flush = [&] {
    if (again.flushes < 3)
      loop_.flush_later(again);
  };
  loop_.post(work_([&] { loop_.flush_later(again); }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(again.flushes, 3);
}

TEST_F(loop_test, timers_fire_in_virtual_time) {
  struct noting {
    loop& on;
    time_point at{};
    void fire() { at = on.now(); }
  } noted{loop_};
  timer one(entry_of<&noting::fire>(noted));
  const time_point began = world_.now();
  ASSERT_TRUE(world_.run_on(loop_, [&] { loop_.timers().arm(one, loop_.now() + 5s); }));
  ASSERT_TRUE(world_.run_for(10s));
  EXPECT_GE(noted.at - began, 5s);
  EXPECT_LE(noted.at - began, 5s + 2ms);
}

TEST_F(loop_test, an_entry_has_no_label_but_its_own) {
  std::vector<const char*> found;
  for (int i = 0; i < 2; ++i)
    loop_.post(work_([&] {
      found.push_back(loop_.label());
      loop_.set_label("mine");
    }));
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(found, std::vector<const char*>(2, nullptr));
  EXPECT_EQ(loop_.label(), nullptr) << "nothing runs between turns";
}

TEST_F(loop_test, entries_of_one_function_can_be_removed) {
  int ran = 0, disposed = 0;
  const auto removable = [](void* context) { ++*static_cast<int*>(context); };
  void (*const function)(void*) = removable;
  for (int i = 0; i < 3; ++i)
    loop_.post({function, &ran});
  int others = 0;
  loop_.post(work_([&] { ++others; }));
  loop_.remove_entries(function, [&](void* context) {
    EXPECT_EQ(context, &ran);
    ++disposed;
  });
  ASSERT_TRUE(world_.run_until_idle());
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(disposed, 3);
  EXPECT_EQ(others, 1);
}

/// A clock in the hands of a test.
struct manual_backend final : sim::socketless_backend {
  explicit manual_backend(time_point& clock) : clock_(clock) {}
  time_point now() override { return clock_; }
  std::uint64_t random() override { return 0; }

  time_point& clock_;
};

struct one_sleeping_sibling final : work_sharing {
  one_sleeping_sibling() { sleepers = 1; }
  void wake_a_sleeper(loop&) override { ++woken; }
  bool find_work(loop&) override { return false; }
  int woken = 0;
};

// However short its entries are: what counts is that it does not come to an end.
TEST(loop_with_a_sibling, wakes_it_when_shared_work_always_waited_for_a_while) {
  for (const int runnable : {1, 3}) {
    time_point clock{};
    one_sleeping_sibling sibling;
    work_list work;
    loop home(std::make_unique<manual_backend>(clock), 0, &sibling);
    std::function<void()> again = [&] {
      clock += 10us;
      home.enqueue_shared(work(again));
    };
    home.post(work([&] {
      for (int i = 0; i < runnable; ++i)
        home.enqueue_shared(work(again));
    }));
    home.turn(false);
    EXPECT_EQ(sibling.woken > 0, runnable > 1) << "one alone does not wait";
  }
}

/// Sleeps by doing something else, and counts who wakes it.
struct sleeping_backend final : sim::socketless_backend {
  sleeping_backend(std::function<void()> sleep, int& woken)
      : sleep_(std::move(sleep)), woken_(woken) {}
  time_point now() override { return {}; }
  std::uint64_t random() override { return 0; }
  void wait(time_point) override { sleep_(); }
  void wake() override { ++woken_; }

  std::function<void()> sleep_;
  int& woken_;
};

TEST(loop_beside_another, is_woken_once_by_an_entry_that_posts_often_and_when_that_returns) {
  time_point clock{};
  work_list work;
  loop busy(std::make_unique<manual_backend>(clock));
  int woken = 0;
  int ran = 0;
  loop sleeper(std::make_unique<sleeping_backend>(
      [&] {  // turns of one thread do not nest
        std::thread([&] { busy.turn(false); }).join();
      },
      woken));
  busy.enqueue(work([&] {
    for (int i = 0; i < 3; ++i)
      sleeper.post(work([&] { ++ran; }));
    EXPECT_EQ(woken, 0);
  }));
  busy.enqueue(work([&] { EXPECT_EQ(woken, 1); }));
  sleeper.turn(true);
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(ran, 3);
}

TEST(loop_beside_another, is_woken_at_once_by_a_plain_thread) {
  work_list work;
  int woken = 0;
  loop* asleep = nullptr;
  loop sleeper(std::make_unique<sleeping_backend>(
      [&] {
        std::thread([&] {
          asleep->post(work([] {}));
          EXPECT_EQ(woken, 1);
        }).join();
      },
      woken));
  asleep = &sleeper;
  sleeper.turn(true);
}

TEST(multiplexer_in_a_world, shared_work_is_taken_by_a_sibling_and_runs_once) {
  sim::world world(1);
  work_list work;
  multiplexer loops(2, world.backends());
  int ran = 0;
  unsigned by_loop[2] = {};
  ASSERT_TRUE(world.run_on(loops.at(0), [&] {
    for (int i = 0; i < 500; ++i)
      loops.at(0).enqueue_shared(work([&] {
        ++ran;
        ++by_loop[loop::current()->index()];
      }));
  }));
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(ran, 500);
  EXPECT_EQ(by_loop[0] + by_loop[1], 500u);
}

TEST(multiplexer_in_a_world, a_new_connection_goes_to_the_loop_with_the_fewest) {
  sim::world world(1);
  multiplexer loops(3, world.backends());
  loops.at(0).connection_count = 5;
  loops.at(1).connection_count = 2;
  loops.at(2).connection_count = 3;
  EXPECT_EQ(&loops.least_loaded(), &loops.at(1));
}

TEST(multiplexer_alone, what_is_queued_can_be_turned_without_threads) {
  work_list work;
  multiplexer loops(2);
  int ran = 0;
  loops.at(0).post(work([&] {
    ++ran;
    loops.at(1).post(work([&] { ++ran; }));
  }));
  loops.turn_until_idle();
  EXPECT_EQ(ran, 2);
  EXPECT_FALSE(loops.running());
}

TEST(multiplexer_alone, can_be_stopped_and_what_is_queued_stays) {
  work_list work;
  multiplexer loops(2);
  loops.start();
  EXPECT_TRUE(loops.running());
  loops.stop();
  EXPECT_FALSE(loops.running());
  loops.stop();
  bool ran = false;
  loops.at(0).post(work([&] { ran = true; }));
  loops.turn_until_idle();
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace actornet::net

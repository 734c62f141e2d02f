// On threads: what ThreadSanitizer is to look at.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "actornet/net/watchdog.hpp"
#include "actornet/runtime.hpp"
#include "event.hpp"

namespace actornet {
namespace {

using namespace std::chrono_literals;

// -- posting --------------------------------------------------------------------------------------

struct numbered_post {
  std::vector<std::vector<int>>* arrived;
  std::atomic<std::size_t>* count;
  std::size_t thread;
  int number;

  static void run(void* context) {
    auto* self = static_cast<numbered_post*>(context);
    (*self->arrived)[self->thread].push_back(self->number);
    self->count->fetch_add(1);
    delete self;
  }
};

TEST(threads, posts_of_many_threads_arrive_once_and_in_order_by_thread) {
  constexpr std::size_t posters = 4;
  constexpr int posts = 5000;
  net::multiplexer loops(2);
  loops.start();
  std::vector<std::vector<int>> arrived(posters);
  std::atomic<std::size_t> count{0};
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < posters; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < posts; ++i)
        loops.at(0).post({numbered_post::run, new numbered_post{&arrived, &count, thread, i}});
    });
  }
  for (std::thread& each : threads)
    each.join();
  event all_ran;
  loops.at(0).post({[](void* context) { static_cast<event*>(context)->set(); }, &all_ran});
  ASSERT_TRUE(all_ran.wait());
  loops.stop();
  EXPECT_EQ(count, posters * posts);
  for (const auto& numbers : arrived) {
    ASSERT_EQ(numbers.size(), static_cast<std::size_t>(posts));
    EXPECT_TRUE(std::ranges::is_sorted(numbers));
  }
}

TEST(threads, loops_that_post_to_each_other_lose_nothing) {
  struct ball {
    net::multiplexer* loops;
    std::atomic<int>* flying;
    event* landed;
    int left;
    static void run(void* context) {
      auto* self = static_cast<ball*>(context);
      if (self->left-- > 0) {
        net::loop& here = *net::loop::current();
        self->loops->at(1 - here.index()).post({run, self});
        return;
      }
      if (self->flying->fetch_sub(1) == 1)
        self->landed->set();
      delete self;
    }
  };
  net::multiplexer loops(2);
  loops.start();
  event landed;
  std::atomic<int> flying{20};
  for (int i = 0; i < 20; ++i)
    loops.at(static_cast<std::size_t>(i % 2))
        .post({ball::run, new ball{&loops, &flying, &landed, 500}});
  EXPECT_TRUE(landed.wait());
  loops.stop();
}

// -- stealing -------------------------------------------------------------------------------------

struct shared_job {
  std::atomic<int> runs{0};
  std::atomic<int>* left;
  event* over;
  std::atomic<unsigned>* by_loop;

  static void run(void* context) {
    auto* self = static_cast<shared_job*>(context);
    self->runs.fetch_add(1);
    self->by_loop[net::loop::current()->index()].fetch_add(1);
    // Long enough that the others wait for more than 100 µs; no sleep, it must stay on its loop.
    volatile int spins = 20'000;
    while (spins > 0)
      spins = spins - 1;
    if (self->left->fetch_sub(1) == 1)
      self->over->set();
  }
};

TEST(threads, shared_entries_run_exactly_once_and_siblings_help) {
  constexpr int jobs_count = 3000;
  net::multiplexer loops(2);
  loops.start();
  event over;
  std::atomic<int> left{jobs_count};
  std::atomic<unsigned> by_loop[2] = {};
  std::vector<shared_job> jobs(jobs_count);
  for (shared_job& each : jobs) {
    each.left = &left;
    each.over = &over;
    each.by_loop = by_loop;
  }
  loops.at(0).post({[](void* context) {
                      for (shared_job& each : *static_cast<std::vector<shared_job>*>(context))
                        net::loop::current()->enqueue_shared({shared_job::run, &each});
                    },
                    &jobs});
  ASSERT_TRUE(over.wait());
  loops.stop();
  for (const shared_job& each : jobs)
    EXPECT_EQ(each.runs, 1);
  EXPECT_EQ(by_loop[0] + by_loop[1], static_cast<unsigned>(jobs_count));
  EXPECT_GT(by_loop[1], 0u) << "the other loop slept";
}

// -- watchdog -------------------------------------------------------------------------------------

TEST(threads, the_watchdog_reports_a_stalled_turn_once_with_its_label) {
  struct report {
    std::size_t loop;
    std::string label;
  };
  net::multiplexer loops(2);
  std::mutex mutex;
  std::vector<report> reports;
  event reported;
  event may_go_on;
  {
    net::watchdog watch(loops, 10ms, [&](std::size_t loop, const char* name) {
      const std::lock_guard guard(mutex);
      reports.push_back({loop, name ? name : ""});
      reported.set();
    });
    loops.start();
    loops.at(1).post({[](void* context) {
                        net::loop::current()->set_label("the stalled one");
                        EXPECT_TRUE(static_cast<event*>(context)->wait());
                      },
                      &may_go_on});
    ASSERT_TRUE(reported.wait());
    may_go_on.set();
    loops.stop();
  }
  const std::lock_guard guard(mutex);
  ASSERT_GE(reports.size(), 1u);
  const auto stalled = std::ranges::count_if(
      reports, [](const report& one) { return one.loop == 1 && one.label == "the stalled one"; });
  EXPECT_EQ(stalled, 1);
}

TEST(threads, the_watchdog_may_go_while_loops_wake_up) {
  for (int round = 0; round < 20; ++round) {
    net::multiplexer loops(2);
    auto watch = std::make_unique<net::watchdog>(loops, 1ms, [](std::size_t, const char*) {});
    loops.start();
    std::atomic<int> ran{0};
    for (int i = 0; i < 50; ++i)
      loops.at(static_cast<std::size_t>(i % 2))
          .post(
              {[](void* context) { static_cast<std::atomic<int>*>(context)->fetch_add(1); }, &ran});
    loops.stop();
    watch.reset();
  }
}

}  // namespace
}  // namespace actornet

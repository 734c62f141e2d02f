#include "actornet/net/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/event.hpp"

namespace actornet::net {
namespace {

using namespace std::chrono_literals;

/// Which loops the watchdog complained about, and under which names.
struct complaints {
  watchdog::reporter reporter() {
    return [this](std::size_t loop, const char* name) {
      const std::lock_guard guard(mutex);
      of_loop.push_back(loop);
      names.emplace_back(name ? name : "");
      came.set();
    };
  }

  std::mutex mutex;
  std::vector<std::size_t> of_loop;
  std::vector<std::string> names;
  event came;
};

entry wait_for(event& happened) {
  return {[](void* context) { EXPECT_TRUE(static_cast<event*>(context)->wait()); }, &happened};
}

TEST(watchdog, a_loop_sleeps_until_it_runs_and_after_it_was_stopped) {
  multiplexer loops(1);
  EXPECT_EQ(loops.at(0).turns() % 2, 1u);
  loops.start();
  event ran;
  loops.at(0).post({[](void* context) {
                      EXPECT_EQ(loop::current()->turns() % 2, 0u);
                      static_cast<event*>(context)->set();
                    },
                    &ran});
  EXPECT_TRUE(ran.wait());
  loops.stop();
  EXPECT_EQ(loops.at(0).turns() % 2, 1u);
}

TEST(watchdog, a_loop_that_has_not_begun_is_not_stalled_but_one_in_its_first_turn_may_be) {
  complaints seen;
  event may_begin, may_go_on;
  multiplexer loops(2);
  {
    loops.at(1).post(wait_for(may_go_on));
    const watchdog watch(loops, 10ms, seen.reporter());
    loops.start([&](loop& each) {
      if (each.index() == 0) {
        EXPECT_TRUE(may_begin.wait());
      }
    });
    EXPECT_TRUE(seen.came.wait());
    {
      const std::lock_guard guard(seen.mutex);
      EXPECT_EQ(seen.of_loop, std::vector<std::size_t>{1});
    }
    may_begin.set();
    may_go_on.set();
    loops.stop();
  }
}

TEST(watchdog, a_stall_is_not_blamed_on_what_ran_before) {
  complaints seen;
  event may_go_on;
  multiplexer loops(1);
  loops.at(0).post({[](void*) { loop::current()->set_label("innocent"); }, nullptr});
  loops.at(0).post(wait_for(may_go_on));
  const auto watch = std::make_unique<watchdog>(loops, 10ms, seen.reporter());
  loops.start();
  EXPECT_TRUE(seen.came.wait());
  may_go_on.set();
  loops.stop();
  const std::lock_guard guard(seen.mutex);
  EXPECT_EQ(std::ranges::count(seen.names, "innocent"), 0);
}

}  // namespace
}  // namespace actornet::net

#include "actornet/net/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

namespace actornet::net {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

struct fired_count {
  int count = 0;
  void fire() { ++count; }
};

struct wheel_fixture : testing::Test {
  timer_wheel wheel{start};
  fired_count fired;
  timer t{entry_of<&fired_count::fire>(fired)};
};

using timer_wheel_test = wheel_fixture;

TEST_F(timer_wheel_test, a_timer_fires_once_and_not_before_its_deadline) {
  wheel.arm(t, start + 5ms);
  wheel.advance(start + 4999us);
  EXPECT_EQ(fired.count, 0);
  wheel.advance(start + 5ms);
  EXPECT_EQ(fired.count, 1);
  EXPECT_FALSE(t.armed());
  wheel.advance(start + 10s);
  EXPECT_EQ(fired.count, 1);
}

TEST_F(timer_wheel_test, a_cancelled_timer_never_fires) {
  wheel.arm(t, start + 5ms);
  wheel.cancel(t);
  wheel.advance(start + 1h);
  EXPECT_EQ(fired.count, 0);
}

TEST_F(timer_wheel_test, rearming_for_later_and_for_earlier_moves_the_deadline) {
  wheel.arm(t, start + 100ms);
  wheel.arm(t, start + 300ms);
  wheel.advance(start + 299ms);
  EXPECT_EQ(fired.count, 0);
  wheel.arm(t, start + 400ms);
  wheel.arm(t, start + 350ms);
  wheel.advance(start + 350ms);
  EXPECT_EQ(fired.count, 1);
}

TEST_F(timer_wheel_test, a_deadline_in_the_past_fires_at_the_next_tick) {
  wheel.advance(start + 1s);
  wheel.arm(t, start);
  EXPECT_EQ(wheel.next_look(), start + 1001ms);
  wheel.advance(start + 1001ms);
  EXPECT_EQ(fired.count, 1);
}

TEST_F(timer_wheel_test, a_removed_timer_leaves_nothing_to_look_at) {
  wheel.arm(t, start + 77s);
  EXPECT_LE(wheel.next_look(), start + 77s);
  wheel.remove(t);
  EXPECT_EQ(wheel.next_look(), never);
}

TEST_F(timer_wheel_test, never_and_beyond_the_horizon_cancel) {
  wheel.arm(t, start + 1ms);
  wheel.arm(t, never);
  EXPECT_FALSE(t.armed());
  wheel.arm(t, start + 24h * 365 * 200);
  EXPECT_FALSE(t.armed());
}

TEST_F(timer_wheel_test, a_destroyed_timer_is_forgotten) {
  {
    timer gone{entry_of<&fired_count::fire>(fired)};
    wheel.arm(gone, start + 3ms);
  }
  wheel.advance(start + 1s);
  EXPECT_EQ(fired.count, 0);
}

struct periodic {
  timer_wheel& wheel;
  time_point next;
  int fired = 0;
  timer t{entry_of<&periodic::fire>(*this)};
  void fire() {
    ++fired;
    next += 64ms;
    wheel.arm(t, next);
  }
};

TEST_F(timer_wheel_test, a_timer_rearmed_by_its_own_expiry_fires_each_period) {
  periodic p{wheel, start + 64ms};
  wheel.arm(p.t, p.next);
  wheel.advance(start + 6400ms);
  EXPECT_EQ(p.fired, 100);
}

// Against a model: random arms, cancels and advances; every firing at exactly its rounded tick.
struct modelled {
  std::multimap<time_point, int>* log = nullptr;
  const time_point* now = nullptr;
  int id = 0;
  timer t{entry_of<&modelled::fire>(*this)};
  void fire() { log->emplace(*now, id); }
};

TEST(timer_wheel_model, random_operations_fire_exactly_what_a_sorted_map_would) {
  std::mt19937_64 random{7};
  timer_wheel wheel{start};
  time_point now = start;
  std::multimap<time_point, int> log;
  std::deque<modelled> timers(200);
  std::map<int, time_point> expected;
  for (int i = 0; i < 200; ++i) {
    timers[static_cast<std::size_t>(i)].log = &log;
    timers[static_cast<std::size_t>(i)].now = &now;
    timers[static_cast<std::size_t>(i)].id = i;
  }
  for (int step = 0; step < 50'000; ++step) {
    const int id = static_cast<int>(random() % 200);
    auto& target = timers[static_cast<std::size_t>(id)];
    switch (random() % 4) {
      case 0:
      case 1: {
        const auto deadline = now + 1ms * static_cast<int>(1 + random() % (1u << (random() % 22)));
        wheel.arm(target.t, deadline);
        expected[id] = deadline;
        break;
      }
      case 2:
        if (random() % 2)
          wheel.cancel(target.t);
        else
          wheel.remove(target.t);
        expected.erase(id);
        break;
      default:
        // To the next look: nothing may be due earlier than the wheel says.
        const auto until =
            random() % 2 ? wheel.next_look() : now + 1ms * static_cast<int>(random() % 5000);
        if (until == never)
          break;
        log.clear();
        now = std::max(now, until);
        wheel.advance(now);
        std::size_t due = 0;
        for (auto it = expected.begin(); it != expected.end();) {
          if (it->second <= now) {
            ++due;
            it = expected.erase(it);
          } else {
            ++it;
          }
        }
        ASSERT_EQ(log.size(), due) << "step " << step;
    }
    for (const auto& [timer_id, deadline] : expected)
      ASSERT_LE(wheel.next_look(), deadline) << timer_id;
  }
}

}  // namespace
}  // namespace actornet::net

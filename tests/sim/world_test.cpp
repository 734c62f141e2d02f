// Time, scheduling and loops in a world.

#include <set>
#include <sstream>

#include "actornet/net/multiplexer.hpp"
#include "loop_support.hpp"

namespace actornet::sim {
namespace {

/// Counts how often it ran, and when last.
struct alarm_clock {
  explicit alarm_clock(net::loop& on) : loop(on) {}
  void ring() {
    ++rings;
    rang_at = loop.now();
  }
  net::loop& loop;
  int rings = 0;
  net::time_point rang_at{};
  net::timer timer{net::entry_of<&alarm_clock::ring>(*this)};
};

TEST(world, a_timer_fires_at_its_virtual_time_and_not_before) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  alarm_clock clock(loop);
  const net::time_point due = world.now() + 24h;
  loop.timers().arm(clock.timer, due);
  ASSERT_TRUE(world.run_for(24h - 1ms));
  EXPECT_EQ(clock.rings, 0);
  ASSERT_TRUE(world.run_until([&] { return clock.rings == 1; })) << world;
  EXPECT_EQ(clock.rang_at, due);
}

TEST(world, the_date_goes_on_with_the_clock) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  const net::wall_time first = loop.wall_now();
  EXPECT_EQ(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(first)),
            std::chrono::year(2026) / 1 / 1);
  ASSERT_TRUE(world.run_for(24h));
  EXPECT_EQ(loop.wall_now(), first + 24h);
}

TEST(world, a_clock_jump_makes_timers_late_but_loses_none) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  alarm_clock soon(loop), later(loop);
  loop.timers().arm(soon.timer, world.now() + 1s);
  loop.timers().arm(later.timer, world.now() + 10s);
  world.jump(5s);
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(soon.rings, 1);
  EXPECT_EQ(later.rings, 0);
  EXPECT_EQ(world.elapsed(), 5s);
  ASSERT_TRUE(world.run_for(5s));
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(later.rings, 1);
}

TEST(world, faulty_clocks_jump_by_themselves) {
  options how = calm();
  how.faults.clock_jump_probability = 1;
  world world(1, how);
  net::loop loop(world.make_backend());
  alarm_clock clock(loop);
  loop.timers().arm(clock.timer, world.now() + 1s);
  ASSERT_TRUE(world.run_until([&] { return clock.rings == 1; })) << world;
  EXPECT_GT(world.elapsed(), 1s);
  EXPECT_LE(world.elapsed(), 1s + how.faults.clock_jump_max);
}

TEST(world, waiting_for_what_never_comes_is_reported_as_idle) {
  world world(1);
  net::loop loop(world.make_backend());
  EXPECT_FALSE(world.run_until([] { return false; }));
  EXPECT_EQ(world.stopped_because(), stop_reason::idle);
}

TEST(world, waiting_ends_at_the_virtual_deadline) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  EXPECT_FALSE(world.run_until([] { return false; }, world.now() + 3s));
  EXPECT_EQ(world.elapsed(), 3s);
}

TEST(world, work_that_goes_round_in_circles_is_a_livelock) {
  struct circle {
    net::loop& loop;
    void go() { loop.enqueue(net::entry_of<&circle::go>(*this)); }
  };
  options how = calm();
  how.steps_max = 1000;
  world world(1, how);
  net::loop loop(world.make_backend());
  circle round{loop};
  loop.post(net::entry_of<&circle::go>(round));
  EXPECT_FALSE(world.run_until_idle());
  EXPECT_EQ(world.stopped_because(), stop_reason::livelock);
  EXPECT_EQ(world.steps(), 1000u);
}

TEST(world, run_on_runs_in_a_turn_of_the_loop) {
  world world(1);
  net::loop loop(world.make_backend()), other(world.make_backend());
  bool in_loop = false;
  ASSERT_TRUE(world.run_on(loop, [&] { in_loop = loop.in_loop() && !other.in_loop(); }));
  EXPECT_TRUE(in_loop);
}

TEST(world, a_posting_loop_wakes_another) {
  world world(1);
  net::loop one(world.make_backend()), other(world.make_backend());
  alarm_clock clock(other);
  ASSERT_TRUE(world.run_on(one, [&] { other.post(net::entry_of<&alarm_clock::ring>(clock)); }));
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(clock.rings, 1);
}

TEST(world, shuffling_changes_the_order_of_ready_work) {
  struct note_down {
    std::string& order;
    char name;
    void run() { order += name; }
  };
  const auto order_of = [](std::uint64_t seed, const options& how) {
    world world(seed, how);
    net::loop loop(world.make_backend());
    std::string order;
    note_down a{order, 'a'}, b{order, 'b'}, c{order, 'c'};
    for (note_down* one : {&a, &b, &c})
      loop.post(net::entry_of<&note_down::run>(*one));
    EXPECT_TRUE(world.run_until_idle());
    return order;
  };
  EXPECT_EQ(order_of(1, calm()), "abc");
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    seen.insert(order_of(seed, {}));
  EXPECT_EQ(seen.size(), 6u);
}

TEST(world, idle_loops_take_shared_work_of_a_busy_sibling) {
  struct busy {
    net::loop& home;
    std::set<std::size_t> ran_on{};
    int left = 2000;
    void run() {
      ran_on.insert(net::loop::current()->index());
      if (--left > 0)
        net::loop::current()->enqueue_shared(net::entry_of<&busy::run>(*this));
    }
  };
  world world(1);
  net::multiplexer loops(2, world.backends());
  busy one{loops.at(0)}, other{loops.at(0)}, third{loops.at(0)};
  ASSERT_TRUE(world.run_on(loops.at(0), [&] {
    for (busy* work : {&one, &other, &third})
      loops.at(0).enqueue_shared(net::entry_of<&busy::run>(*work));
  }));
  ASSERT_TRUE(world.run_until_idle());
  std::set<std::size_t> all;
  for (const busy* work : {&one, &other, &third}) {
    EXPECT_EQ(work->left, 0);
    all.insert(work->ran_on.begin(), work->ran_on.end());
  }
  EXPECT_EQ(all, (std::set<std::size_t>{0, 1}));
}

TEST(world, an_armed_owner_runs_spuriously_now_and_then) {
  options how = calm();
  how.faults.spurious_probability = 1;
  world world(1, how);
  pair_of_ends both(world);
  ASSERT_TRUE(world.run_on(both.loop, [] {}));
  EXPECT_GT(both.end->runs, 0);
  EXPECT_EQ(both.end->last_read.state, net::io_result::status::would_block);
}

TEST(world, an_idle_world_has_no_steps) {
  world world(1);
  pair_of_ends both(world);
  ASSERT_TRUE(world.run_until_idle());
  const std::uint64_t before = world.steps();
  ASSERT_TRUE(world.run_for(1h));
  EXPECT_EQ(world.steps(), before);
}

TEST(world, it_says_where_it_stopped) {
  world world(42, calm());
  ASSERT_TRUE(world.run_for(1500ms));
  std::ostringstream text;
  text << world;
  EXPECT_EQ(text.str(), "seed 42, after 1.500000000 s and 0 steps: virtual time is up");
}

TEST(world, a_world_may_end_with_everything_under_way) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    world world(seed, {.faults = faults::harsh()});
    net::loop loop(world.make_backend());
    const auto listener = listen(loop);
    std::vector<peer> peers;
    for (int i = 0; i < 5; ++i)
      peers.emplace_back(world, listener->local()).send(pattern(5000)).shutdown_write();
    world.partition();
    for (std::uint64_t i = 0; i < seed; ++i)
      world.step();
    world.heal();
  }
}

}  // namespace
}  // namespace actornet::sim

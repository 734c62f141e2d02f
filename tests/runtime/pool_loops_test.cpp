// One pool on several loops: its places move, its connections do not.

#include "actornet/flow/time.hpp"
#include "pool_support.hpp"
#include "sim/seeds.hpp"

namespace actornet {
namespace {

using net::never;

struct pool_on_two_loops : pool_fixture {
  pool_on_two_loops() : pool_fixture(2) {}
};

TEST_F(pool_on_two_loops, the_maximum_is_that_of_both) {
  borrow_now(0);
  borrow_now(1);
  borrowed& third = begin(never, 0);
  borrowed& fourth = begin(never, 1);
  pass(1h);
  EXPECT_EQ(figures().open, 2u);
  EXPECT_FALSE(third.over());
  EXPECT_FALSE(fourth.over());
  give_back(nth(0));
  give_back(nth(1));
  wait_for(third);
  wait_for(fourth);
  EXPECT_EQ(peers.open(), 2u);
}

TEST_F(pool_on_two_loops, a_lease_gets_a_connection_of_its_own_loop) {
  borrowed& here = borrow_now(0);
  borrowed& there = borrow_now(1);
  const void* const connection = which(there);
  give_back(here);
  give_back(there);
  EXPECT_EQ(which(borrow_now(1)), connection);
  EXPECT_EQ(figures().created, 2u);
}

TEST_F(pool_on_two_loops, an_idle_connection_makes_room_for_a_lease_of_another_loop) {
  borrowed& first = borrow_now(0);
  borrowed& second = borrow_now(0);
  give_back(first);
  borrowed& other = borrow_now(1);
  EXPECT_TRUE(other.lease) << other.error;
  EXPECT_TRUE(second.lease);
  EXPECT_EQ(figures().open, 2u);
  EXPECT_EQ(figures().created, 3u);
  EXPECT_EQ(discarded(pool_discard::moved), 1u);
}

TEST_F(pool_on_two_loops, a_connection_that_is_given_back_makes_room_for_a_lease_of_another_loop) {
  options.limits.open_max = 1;
  borrowed& first = borrow_now(0);
  borrowed& other = begin(never, 1);
  pass(1s);
  EXPECT_FALSE(other.over());
  give_back(first);
  wait_for(other);
  EXPECT_TRUE(other.lease) << other.error;
  EXPECT_EQ(discarded(pool_discard::moved), 1u);
}

TEST_F(pool_on_two_loops, a_connection_goes_to_its_own_loop_if_both_wait) {
  options.limits.open_max = 1;
  borrowed& first = borrow_now(0);
  borrowed& other = begin(never, 1);
  pass(50ms);
  borrowed& own = begin(never, 0);
  pass(1ms);
  give_back(first);
  wait_for(own);
  EXPECT_FALSE(other.over());
  give_back(own);
  wait_for(other);
  EXPECT_EQ(figures().created, 2u);
}

TEST_F(pool_on_two_loops, but_not_forever) {
  options.limits.open_max = 1;
  borrowed& first = borrow_now(0);
  borrowed& other = begin(never, 1);
  pass(101ms);
  borrowed& own = begin(never, 0);
  pass(1ms);
  give_back(first);
  wait_for(other);
  EXPECT_FALSE(own.over());
  give_back(other);
  wait_for(own);
}

TEST_F(pool_on_two_loops, a_place_on_its_way_to_a_lease_that_gave_up_goes_on) {
  options.limits.open_max = 1;
  borrowed& first = borrow_now(0);
  borrowed& late = begin(world.now() + 1s, 1);
  pass(500ms);
  give_back(first);
  world.jump(1s);  // the other loop learns of the place and of the time in one turn
  wait_for(late);
  EXPECT_EQ(late.error, errc::timed_out);
  borrowed& next = borrow_now(1);
  EXPECT_TRUE(next.lease) << next.error;
}

TEST_F(pool_on_two_loops, a_drain_reaches_all_parts) {
  give_back(borrow_now(0));
  give_back(borrow_now(1));
  EXPECT_EQ(client.drain(), 0u);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::closed), 2u);
}

// -- anything at all ------------------------------------------------------------------------------

/// Tasks on three loops that borrow, talk, break things, give up and give back.
struct traffic {
  sim::world& world;
  connection_pool<byte_stream>& pool;
  std::size_t open_max;
  std::size_t held = 0;
  std::size_t ended = 0;
  std::size_t granted = 0;

  net::duration some_time() { return world.random().between(0s, 200ms); }

  task<> one() {
    net::loop& home = (co_await this_task()).home();
    for (int i = 0; i < 20; ++i) {
      const bool hurried = world.random().chance(0.5);
      const net::time_point deadline = hurried ? home.now() + some_time() : never;
      auto lease = co_await pool.lease(deadline);
      if (lease) {
        ++granted;
        ++held;
        EXPECT_LE(held, open_max);
        co_await use(*lease);
        --held;
      }
      const net::duration pause = some_time();
      (void)co_await sleep(pause);
    }
    ++ended;
  }

  task<> use(leased<byte_stream>& lease) {
    lease->set_read_deadline(lease->now() + 1s);
    (void)co_await lease->write("question");
    if (world.random().chance(0.8))
      (void)co_await lease->read();
    if (world.random().chance(0.1))
      lease.discard();
    else if (world.random().chance(0.1))
      lease->close();
  }
};

TEST(pool_under_faults, never_opens_too_many_and_ends_every_lease) {
  sim::for_each_seed([](sim::world& world) {
    sim::faults what = sim::faults::harsh();
    what.clock_jump_probability = 0;
    world.set_faults(what);
    simulated_server server(world, framed_options(net::framing::raw));
    simulated_client client(world, 3);
    pool_options<byte_stream> options;
    options.limits.open_max = 4;
    options.limits.idle_timeout = 150ms;
    options.limits.lifetime_max = 2s;
    options.limits.dial_timeout = 1s;
    connection_pool<byte_stream> pool(client.rt(), net::to_string(server.where()), options);
    traffic all{world, pool, options.limits.open_max};
    for (std::size_t i = 0; i < 12; ++i)
      client.begin([&all] { return all.one(); }, i % 3);
    while (all.ended < 12 && world.step())
      ASSERT_LE(pool.statistics().open, 4u);
    ASSERT_EQ(all.ended, 12u) << world;
    ASSERT_TRUE(client.finish()) << world;
    const pool_statistics now = pool.statistics();
    EXPECT_EQ(now.leases, all.granted);
    EXPECT_EQ(now.leased, 0u);
    EXPECT_EQ(now.waiting, 0u);
    EXPECT_LE(now.idle, 4u);
    pool.close();
    ASSERT_TRUE(world.run_until([&] { return client.rt().connections() == 0; })) << world;
    EXPECT_EQ(pool.statistics().open, 0u);
  });
}

}  // namespace
}  // namespace actornet

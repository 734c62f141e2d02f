// The pool's policy: who gets which connection, who waits, and what the end of a wait leaves
// behind.

#include "actornet/connection_pool.hpp"

#include "actornet/flow/cancel.hpp"
#include "pool_support.hpp"

namespace actornet {
namespace {

using net::never;
using pool_lease = pool_fixture;

// -- handing out ----------------------------------------------------------------------------------

TEST_F(pool_lease, gets_a_connection_that_was_given_back) {
  borrowed& first = borrow_now();
  ASSERT_TRUE(first.lease) << first.error;
  const void* const connection = which(first);
  give_back(first);
  EXPECT_EQ(figures().idle, 1u);
  EXPECT_EQ(figures().leased, 0u);
  borrowed& second = borrow_now();
  EXPECT_EQ(which(second), connection);
  EXPECT_EQ(peers.accept_all(), 1u);
  EXPECT_EQ(figures().created, 1u);
  EXPECT_EQ(figures().leases, 2u);
  EXPECT_EQ(figures().waited, 0u);
}

TEST_F(pool_lease, gets_the_one_used_last) {
  borrowed& first = borrow_now();
  borrowed& second = borrow_now();
  const void* const used_last = which(first);
  give_back(second);
  give_back(first);
  EXPECT_EQ(which(borrow_now()), used_last);
}

TEST_F(pool_lease, gets_an_idle_connection_in_the_same_turn) {
  give_back(borrow_now());
  bool handed_out = false;
  task_context context(client.loop());
  const auto take = [&]() -> task<> {
    const auto got = co_await pool().lease();
    handed_out = static_cast<bool>(got);
  };
  task<> taking = take();
  ASSERT_TRUE(world.run_on(client.loop(), [&] {
    net::loop::current()->credit() = net::loop::credits_per_resume;
    EXPECT_FALSE(taking.start(context, {}));
    taking.reset();
  }));
  EXPECT_TRUE(handed_out);
  EXPECT_EQ(figures().idle, 1u);
}

TEST_F(pool_lease, of_a_task_without_credit_yields_first) {
  give_back(borrow_now());
  std::size_t granted = 0;
  client.run([&]() -> task<> {
    for (int i = 0; i < 1000; ++i)
      granted += static_cast<bool>(co_await pool().lease());
  });
  EXPECT_EQ(granted, 1000u);
}

TEST_F(pool_lease, never_makes_more_connections_than_the_maximum) {
  borrow_now();
  borrow_now();
  borrowed& third = begin();
  pass(1h);
  EXPECT_FALSE(third.over());
  EXPECT_EQ(peers.accept_all(), 2u);
  EXPECT_EQ(figures().open, 2u);
  EXPECT_EQ(figures().leased, 2u);
  EXPECT_EQ(figures().waiting, 1u);
  const void* const connection = which(nth(0));
  give_back(nth(0));
  wait_for(third);
  EXPECT_EQ(which(third), connection);
  EXPECT_EQ(figures().waiting, 0u);
  EXPECT_EQ(figures().waited, 1u);
  EXPECT_EQ(figures().created, 2u);
}

TEST_F(pool_lease, is_served_in_the_order_of_asking) {
  options.limits.open_max = 1;
  borrow_now();
  borrowed& second = begin();
  pass(1ms);
  borrowed& third = begin();
  pass(1ms);
  give_back(nth(0));
  wait_for(second);
  EXPECT_FALSE(third.over());
  give_back(second);
  wait_for(third);
}

// -- waiting --------------------------------------------------------------------------------------

TEST_F(pool_lease, fails_at_once_at_the_maximum_if_it_may_not_wait) {
  options.limits.may_wait = false;
  borrow_now();
  borrow_now();
  EXPECT_EQ(borrow_now().error, errc::connections_exhausted);
  give_back(nth(0));
  EXPECT_FALSE(borrow_now().error);
}

TEST_F(pool_lease, fails_at_once_if_too_many_wait_already) {
  options.limits.open_max = 1;
  options.limits.waiting_max = 2;
  borrow_now();
  begin();
  begin();
  EXPECT_EQ(borrow_now().error, errc::mailbox_full);
  for (std::size_t i = 0; i < 3; ++i) {
    wait_for(nth(i));
    give_back(nth(i));
  }
}

TEST_F(pool_lease, waits_until_its_deadline) {
  options.limits.open_max = 1;
  borrow_now();
  const net::time_point deadline = world.now() + 3s;
  borrowed& late = begin(deadline);
  wait_for(late);
  EXPECT_EQ(late.error, errc::timed_out);
  EXPECT_GE(late.at, deadline);
  EXPECT_LE(late.at, deadline + 2ms);
  EXPECT_EQ(figures().timed_out, 1u);
  EXPECT_EQ(figures().waiting, 0u);
  give_back(nth(0));
  EXPECT_FALSE(borrow_now().error) << "a timeout leaves the pool usable";
}

TEST_F(pool_lease, waits_until_the_deadline_of_its_task_if_that_is_earlier) {
  options.limits.open_max = 1;
  borrow_now();
  const net::time_point deadline = world.now() + 2s;
  borrowed late;
  client.run(
      [&]() -> task<> { co_await with_deadline(deadline, borrow(pool(), late, deadline + 1s)); });
  EXPECT_EQ(late.error, errc::timed_out);
  EXPECT_GE(late.at, deadline);
  EXPECT_LE(late.at, deadline + 2ms);
}

TEST_F(pool_lease, with_a_deadline_in_the_past_fails_even_if_there_is_one) {
  give_back(borrow_now());
  borrowed& late = begin(world.now() - 1s);
  wait_for(late);
  EXPECT_EQ(late.error, errc::timed_out);
  EXPECT_EQ(figures().timed_out, 1u);
}

TEST_F(pool_lease, of_a_cancelled_task_leaves_the_line) {
  options.limits.open_max = 1;
  borrow_now();
  cancel_source source;
  borrowed gone;
  client.begin(
      [&]() -> task<> { co_await with_token(source.token(), borrow(pool(), gone, never)); });
  pass(1s);
  borrowed& next = begin();
  pass(1s);
  source.cancel();
  pass(1s);
  EXPECT_EQ(gone.error, errc::cancelled);
  EXPECT_EQ(figures().waiting, 1u);
  give_back(nth(0));
  wait_for(next);
  EXPECT_TRUE(next.lease);
}

// -- dialing --------------------------------------------------------------------------------------

struct silent_pool : pool_fixture {
  silent_pool() {
    options.limits.open_max = 1;
    world.partition();
  }
};

using pool_dial = silent_pool;

TEST_F(pool_dial, ends_at_the_deadline_of_its_lease_and_the_next_in_line_dials) {
  borrowed& first = begin(world.now() + 2s);
  pass(1s);
  borrowed& second = begin();
  pass(500ms);
  EXPECT_EQ(figures().waiting, 1u);
  EXPECT_EQ(figures().open, 1u);
  wait_for(first);
  EXPECT_EQ(first.error, errc::timed_out);
  world.heal();
  wait_for(second);
  EXPECT_TRUE(second.lease) << second.error;
  EXPECT_EQ(figures().failed, 1u);
  EXPECT_EQ(figures().timed_out, 1u);
}

TEST_F(pool_dial, ends_after_its_own_timeout) {
  const net::time_point start = world.now();
  borrowed& first = begin();
  wait_for(first);
  EXPECT_EQ(first.error, errc::timed_out);
  EXPECT_GE(first.at, start + 10s);
  EXPECT_LE(first.at, start + 10s + 2ms);
  EXPECT_EQ(figures().open, 0u);
}

TEST_F(pool_dial, ends_when_its_task_is_cancelled_and_the_next_in_line_dials) {
  cancel_source source;
  borrowed gone;
  client.begin(
      [&]() -> task<> { co_await with_token(source.token(), borrow(pool(), gone, never)); });
  pass(1s);
  borrowed& next = begin();
  pass(1s);
  source.cancel();
  pass(1s);
  EXPECT_EQ(gone.error, errc::cancelled);
  world.heal();
  wait_for(next);
  EXPECT_TRUE(next.lease) << next.error;
}

TEST_F(pool_dial, of_a_pool_that_was_closed_meanwhile_gives_nothing) {
  borrowed& first = begin();
  pass(1s);
  pool().close();
  world.heal();
  wait_for(first);
  EXPECT_EQ(first.error, errc::closed_locally);
  EXPECT_EQ(figures().open, 0u);
}

TEST(pool_dial_error, is_passed_on_unchanged_and_its_place_is_free) {
  sim::world world(1);
  simulated_client client(world);
  pool_options<byte_stream> options;
  options.limits.open_max = 1;
  connection_pool<byte_stream> pool(client.rt(), "tcp://127.0.0.1:1", options);
  std::vector<std::error_code> errors;
  client.run([&]() -> task<> {
    for (int i = 0; i < 3; ++i)
      errors.push_back((co_await pool.lease()).error());
  });
  EXPECT_EQ(errors, std::vector<std::error_code>(3, errc::connection_refused));
  EXPECT_EQ(pool.statistics().open, 0u);
  EXPECT_EQ(pool.statistics().failed, 3u);
}

// -- the lease ------------------------------------------------------------------------------------

TEST_F(pool_lease, can_be_moved_and_given_back_early_and_twice) {
  borrowed& first = borrow_now();
  borrowed& second = borrow_now();
  on_loop_of(first, [&] {
    leased<byte_stream> moved(std::move(*first.lease));
    EXPECT_FALSE(*first.lease);
    EXPECT_TRUE(moved);
    moved = std::move(*second.lease);  // gives the first back
    moved.give_back();
    moved.give_back();
    moved.discard();
    EXPECT_FALSE(moved);
  });
  EXPECT_EQ(figures().idle, 2u);
  EXPECT_EQ(figures().leased, 0u);
}

TEST_F(pool_lease, used_after_it_was_given_back_is_asserted) {
  borrowed& first = borrow_now();
  on_loop_of(first, [&] { first.lease->give_back(); });
#ifndef NDEBUG
  EXPECT_DEATH((void)(*first.lease)->now(), "after its connection was given back");
#endif
}

TEST_F(pool_lease, does_not_inherit_the_deadlines_of_the_one_before) {
  borrowed& first = borrow_now();
  on_loop_of(first, [&] {
    (*first.lease)->set_deadline((*first.lease)->now() + 1s);
    first.lease.reset();
  });
  pass(2s);
  borrowed& second = borrow_now();
  std::error_code error;
  client.begin([&]() -> task<> { error = (co_await (*second.lease)->read()).error(); });
  pass(1s);
  peers[0].send("in time");
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_FALSE(error);
  EXPECT_EQ(figures().created, 1u);
}

}  // namespace
}  // namespace actornet

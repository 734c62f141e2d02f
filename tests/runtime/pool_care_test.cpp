// What the pool does with connections that nobody uses: which it closes, when, and what its hooks
// are for.

#include "actornet/flow/time.hpp"
#include "pool_support.hpp"

namespace actornet {
namespace {

using net::never;
using pool_care = pool_fixture;

// -- broken ones ----------------------------------------------------------------------------------

TEST_F(pool_care, an_idle_connection_that_the_peer_ends_is_closed_at_once) {
  give_back(borrow_now());
  peers[0].shutdown_write();
  pass(10ms);
  EXPECT_EQ(figures().idle, 0u);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::broken), 1u);
  EXPECT_TRUE(peers[0].saw_end_of_stream());
  borrow_now();
  EXPECT_EQ(figures().created, 2u);
}

TEST_F(pool_care, an_idle_connection_that_is_reset_is_closed_at_once) {
  give_back(borrow_now());
  peers[0].reset();
  pass(10ms);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::broken), 1u);
}

TEST_F(pool_care, an_idle_connection_at_which_something_comes_is_closed_at_once) {
  give_back(borrow_now());
  peers[0].send("nobody asked for this");
  pass(10ms);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::unread), 1u);
}

TEST_F(pool_care, what_comes_during_a_lease_and_is_not_read_costs_the_connection) {
  borrowed& first = borrow_now();
  give_back(first);
  borrowed& second = borrow_now();
  peers[0].send("unread");
  pass(10ms);
  EXPECT_TRUE(second.lease);
  give_back(second);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::unread), 1u);
}

TEST_F(pool_care, what_was_read_in_part_only_costs_the_connection) {
  options.dial.stream.framing = net::framing::line;
  borrowed& first = borrow_now();
  peers[0].send("one\ntwo\nth");
  client.run([&]() -> task<> { EXPECT_EQ((co_await (*first.lease)->read())->text(), "one"); });
  give_back(first);
  EXPECT_EQ(discarded(pool_discard::unread), 1u);
}

TEST_F(pool_care, a_connection_that_ended_during_a_lease_is_not_kept) {
  borrowed& first = borrow_now();
  peers[0].shutdown_write();
  client.run([&]() -> task<> {
    EXPECT_EQ((co_await (*first.lease)->read()).error(), errc::end_of_stream);
  });
  give_back(first);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::broken), 1u);
}

TEST_F(pool_care, a_connection_at_which_a_task_still_waits_is_not_kept) {
  borrowed& first = borrow_now();
  std::error_code error;
  client.begin([&]() -> task<> { error = (co_await (*first.lease)->read()).error(); });
  pass(10ms);
  give_back(first);
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_EQ(error, errc::closed_locally);
  EXPECT_EQ(discarded(pool_discard::broken), 1u);
}

TEST_F(pool_care, a_lease_that_was_discarded_is_closed_at_once) {
  borrowed& first = borrow_now();
  on_loop_of(first, [&] { first.lease->discard(); });
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::requested), 1u);
  client.expect_no_connection();
}

TEST_F(pool_care, a_discarded_lease_makes_room_for_who_waits) {
  options.limits.open_max = 1;
  borrowed& first = borrow_now();
  borrowed& second = begin();
  pass(1ms);
  on_loop_of(first, [&] { first.lease->discard(); });
  wait_for(second);
  EXPECT_TRUE(second.lease);
  EXPECT_EQ(figures().created, 2u);
}

// -- old ones -------------------------------------------------------------------------------------

TEST_F(pool_care, a_connection_that_is_idle_for_30_s_is_closed) {
  give_back(borrow_now());
  pass(29'990ms);
  EXPECT_EQ(figures().idle, 1u);
  pass(20ms);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::idle), 1u);
  EXPECT_TRUE(peers[0].saw_end_of_stream());
}

TEST_F(pool_care, use_makes_it_young_again) {
  give_back(borrow_now());
  pass(20s);
  borrowed& second = borrow_now();
  pass(20s);
  give_back(second);
  pass(29'990ms);
  EXPECT_EQ(figures().idle, 1u);
  pass(20ms);
  EXPECT_EQ(figures().idle, 0u);
  EXPECT_EQ(figures().created, 1u);
}

TEST_F(pool_care, each_idle_connection_has_its_own_time) {
  borrowed& first = borrow_now();
  borrowed& second = borrow_now();
  give_back(first);
  pass(10s);
  give_back(second);
  pass(20'010ms);
  EXPECT_EQ(figures().idle, 1u);
  pass(10s);
  EXPECT_EQ(figures().idle, 0u);
}

TEST_F(pool_care, an_empty_pool_has_no_timer) {
  give_back(borrow_now());
  pass(31s);
  peers[0].close();
  pass(2s);
  ASSERT_TRUE(world.run_until_idle());
  const net::time_point now = world.now();
  EXPECT_FALSE(world.run_until([&] { return world.now() > now + 1h; })) << "nothing will happen";
  EXPECT_EQ(world.stopped_because(), sim::stop_reason::idle);
}

TEST_F(pool_care, at_its_maximum_lifetime_an_idle_connection_is_closed) {
  options.limits.lifetime_max = 10s;
  give_back(borrow_now());
  pass(9'980ms);
  EXPECT_EQ(figures().idle, 1u);
  pass(40ms);
  EXPECT_EQ(discarded(pool_discard::lifetime), 1u);
}

TEST_F(pool_care, beyond_its_maximum_lifetime_a_lease_ends_undisturbed_and_is_not_kept) {
  options.limits.lifetime_max = 10s;
  borrowed& first = borrow_now();
  pass(1h);
  EXPECT_EQ(figures().leased, 1u);
  EXPECT_FALSE(peers[0].saw_end_of_stream());
  give_back(first);
  EXPECT_EQ(discarded(pool_discard::lifetime), 1u);
}

// -- reset ----------------------------------------------------------------------------------------

task<result<void>> ask(byte_stream& peer, std::string question) {
  co_await peer.write(question);
  auto answer = co_await peer.read();
  if (!answer)
    co_return answer.error();
  if (answer->text() != "ok")
    co_return errc::unexpected_response;
  co_return result<void>();
}

struct pool_with_hooks : pool_fixture {
  pool_with_hooks() {
    options.limits.open_max = 1;
    options.reset = [](byte_stream& peer) { return ask(peer, "reset"); };
  }
};

TEST_F(pool_with_hooks, a_reset_runs_before_anybody_gets_the_connection) {
  borrowed& first = borrow_now();
  borrowed& second = begin();
  give_back(first);
  pass(1s);
  EXPECT_EQ(peers[0].received(), "reset");
  EXPECT_FALSE(second.over());
  EXPECT_EQ(figures().leased, 1u);
  peers[0].send("ok");
  wait_for(second);
  EXPECT_TRUE(second.lease);
  EXPECT_EQ(figures().created, 1u);
  peers[0].on_received([this](std::string_view) { peers[0].send("ok"); });
}

TEST_F(pool_with_hooks, a_reset_that_fails_costs_the_connection) {
  give_back(borrow_now());
  pass(1ms);
  peers[0].send("no");
  pass(10ms);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::reset), 1u);
}

TEST_F(pool_with_hooks, a_reset_that_takes_too_long_costs_the_connection) {
  give_back(borrow_now());
  pass(4'990ms);
  EXPECT_EQ(figures().open, 1u);
  pass(20ms);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::reset), 1u);
}

TEST_F(pool_with_hooks, a_reset_that_throws_costs_the_connection) {
  options.reset = [](byte_stream&) -> task<result<void>> { throw std::runtime_error("planted"); };
  give_back(borrow_now());
  EXPECT_EQ(discarded(pool_discard::reset), 1u);
}

TEST_F(pool_with_hooks, a_reset_that_is_over_at_once_keeps_it) {
  options.reset = [](byte_stream&) -> task<result<void>> { co_return result<void>(); };
  give_back(borrow_now());
  EXPECT_EQ(figures().idle, 1u);
}

TEST_F(pool_with_hooks, a_connection_that_ends_during_its_reset_is_not_kept) {
  give_back(borrow_now());
  pass(1ms);
  peers[0].reset();
  pass(10ms);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::reset), 1u);
}

// -- heartbeat ------------------------------------------------------------------------------------

struct pool_with_heartbeat : pool_fixture {
  pool_with_heartbeat() {
    options.limits.heartbeat_every = 10s;
    options.heartbeat = [](byte_stream& peer) { return ask(peer, "ping"); };
  }
};

TEST_F(pool_with_heartbeat, idle_connections_are_asked_every_so_often_and_still_age) {
  give_back(borrow_now());
  peers[0].on_received([this](std::string_view) { peers[0].send("ok"); });
  pass(9'990ms);
  EXPECT_EQ(peers[0].received(), "");
  pass(20ms);
  EXPECT_EQ(peers[0].received(), "ping");
  EXPECT_EQ(figures().idle, 1u);
  pass(10s);
  EXPECT_EQ(peers[0].received(), "pingping");
  pass(10s);
  EXPECT_EQ(discarded(pool_discard::idle), 1u);
}

TEST_F(pool_with_heartbeat, a_heartbeat_without_answer_costs_the_connection) {
  give_back(borrow_now());
  pass(14'990ms);
  EXPECT_EQ(figures().open, 1u);
  pass(30ms);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::heartbeat), 1u);
}

TEST_F(pool_with_heartbeat, who_asks_meanwhile_waits_for_its_end) {
  options.limits.open_max = 1;
  give_back(borrow_now());
  pass(11s);
  borrowed& second = begin();
  pass(1s);
  EXPECT_FALSE(second.over());
  peers[0].send("ok");
  wait_for(second);
  EXPECT_EQ(figures().created, 1u);
}

TEST_F(pool_with_heartbeat, a_leased_connection_is_left_alone) {
  borrowed& first = borrow_now();
  pass(1h);
  EXPECT_EQ(peers[0].received(), "");
  give_back(first);
}

// -- the end --------------------------------------------------------------------------------------

TEST_F(pool_care, a_closed_pool_closes_what_is_idle_and_fails_who_waits_and_who_comes) {
  borrowed& first = borrow_now();
  borrowed& second = borrow_now();
  borrowed& third = begin();
  pass(1ms);
  give_back(first);
  wait_for(third);
  give_back(third);
  ASSERT_EQ(figures().idle, 1u);
  pool().close();
  pool().close();
  pass(10ms);
  EXPECT_EQ(figures().idle, 0u);
  EXPECT_EQ(borrow_now().error, errc::closed_locally);
  EXPECT_TRUE(second.lease);
  EXPECT_EQ(figures().open, 1u);
  give_back(second);
  EXPECT_EQ(figures().open, 0u);
  EXPECT_EQ(discarded(pool_discard::closed), 2u);
}

TEST_F(pool_care, who_waits_is_told_when_the_pool_closes) {
  options.limits.open_max = 1;
  borrow_now();
  borrowed& second = begin();
  pass(1ms);
  pool().close();
  wait_for(second);
  EXPECT_EQ(second.error, errc::closed_locally);
}

TEST_F(pool_care, a_drain_closes_what_is_idle) {
  give_back(borrow_now());
  EXPECT_EQ(client.drain(), 0u);
  EXPECT_EQ(discarded(pool_discard::closed), 1u);
  EXPECT_EQ(figures().open, 0u);
}

TEST_F(pool_care, a_drain_waits_for_leases_and_closes_them_when_they_are_given_back) {
  std::error_code later;
  client.begin([&]() -> task<> {
    auto lease = co_await pool().lease();
    EXPECT_EQ((co_await (*lease)->read()).error(), errc::shutting_down);
    later = (co_await pool().lease()).error();
  });
  pass(1s);
  EXPECT_EQ(client.drain(), 0u);
  EXPECT_EQ(later, errc::shutting_down);
  EXPECT_EQ(figures().open, 0u);
}

}  // namespace
}  // namespace actornet

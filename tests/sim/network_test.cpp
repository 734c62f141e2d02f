// Addresses, ports, listening and connecting.

#include "loop_support.hpp"

namespace actornet::sim {
namespace {

/// Connects from a loop and keeps what came of it.
struct dialer {
  dialer(net::loop& on, const net::endpoint& to) {
    attempt = on.driver().connect(to, {}, [this](auto made) {
      done = true;
      error = made.error();
      if (made)
        transport = *std::move(made);
    });
  }
  bool done = false;
  std::error_code error;
  std::unique_ptr<net::transport> transport;
  std::unique_ptr<net::connecting_socket> attempt;
};

net::socket_options backlog(int connections) {
  net::socket_options how;
  how.backlog = connections;
  return how;
}

TEST(network, port_0_picks_a_free_port_and_reports_it) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  const auto one = listen(loop), other = listen(loop);
  EXPECT_NE(one->local().port, 0);
  EXPECT_NE(one->local().port, other->local().port);
}

TEST(network, an_address_in_use_is_refused_until_its_listener_is_gone) {
  world world(1, calm());
  net::loop loop(world.make_backend()), other(world.make_backend());
  auto listener = listen(loop, tcp("127.0.0.1", 7411));
  EXPECT_EQ(other.driver().listen(tcp("127.0.0.1", 7411), {}).error(), errc::address_in_use);
  EXPECT_EQ(other.driver().listen(tcp("0.0.0.0", 7411), {}).error(), errc::address_in_use);
  EXPECT_TRUE(other.driver().listen(tcp("127.0.0.2", 7411), {}));
  listener.reset();
  EXPECT_TRUE(other.driver().listen(tcp("127.0.0.1", 7411), {}));
}

TEST(network, an_address_of_another_machine_is_invalid_to_listen_on) {
  world world(1, calm());
  net::loop loop(world.make_backend("10.0.0.1"));
  EXPECT_TRUE(loop.driver().listen(tcp("10.0.0.1", 80), {}));
  EXPECT_EQ(loop.driver().listen(tcp("10.0.0.2", 80), {}).error(), errc::address_invalid);
}

TEST(network, machines_listen_on_any_address_each_for_itself) {
  world world(1, calm());
  net::loop one(world.make_backend("10.0.0.1"));
  const auto listener = listen(one, tcp("0.0.0.0", 80));
  peer reaches(world, tcp("10.0.0.1", 80)), elsewhere(world, tcp("10.0.0.2", 80));
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_TRUE(reaches.connected());
  EXPECT_EQ(elsewhere.connect_error(), errc::connection_refused);
}

TEST(network, connecting_where_nobody_listens_is_refused) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  dialer dialed(loop, tcp("127.0.0.1", 1));
  EXPECT_FALSE(dialed.done);  // never inline
  ASSERT_TRUE(world.run_until([&] { return dialed.done; })) << world;
  EXPECT_EQ(dialed.error, errc::connection_refused);
}

TEST(network, a_name_is_not_an_address_to_connect_to) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  dialer dialed(loop, tcp("localhost", 1));
  EXPECT_FALSE(dialed.done);
  ASSERT_TRUE(world.run_until([&] { return dialed.done; })) << world;
  EXPECT_EQ(dialed.error, errc::address_invalid);
}

TEST(network, names_resolve_to_the_addresses_they_were_given) {
  world world(1, calm());
  world.add_name("db.internal", {"10.0.0.1", "10.0.0.2"});
  net::loop loop(world.make_backend());
  const auto found = loop.driver().resolve(tcp("db.internal", 5));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector{tcp("10.0.0.1", 5), tcp("10.0.0.2", 5)}));
  EXPECT_EQ(loop.driver().resolve(tcp("nowhere", 5)).error(), errc::name_not_found);
  EXPECT_EQ(loop.driver().resolve(tcp("::1", 5))->front(), tcp("::1", 5));
}

TEST(network, loops_connect_to_peers_that_listen) {
  world world(1);
  net::loop loop(world.make_backend());
  peer_listener listener(world, unix_socket("/run/x"));
  dialer dialed(loop, unix_socket("/run/x"));
  ASSERT_TRUE(world.run_until([&] { return dialed.done && listener.waiting() == 1; })) << world;
  ASSERT_TRUE(dialed.transport);
  peer accepted = listener.accept();
  accepted.send("hello");
  loop_end end(loop, std::move(dialed.transport));
  ASSERT_TRUE(world.run_until([&] { return end.received == "hello"; })) << world;
}

TEST(network, both_ends_know_each_others_address) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  const auto listener = listen(loop);
  std::string counted_as;
  net::endpoint seen;
  listener->accept([&](auto accepted) {
    counted_as = (*accepted)->peer_address();
    seen = (*accepted)->attach(loop)->peer();
  });
  peer client(world, listener->local(), "10.1.2.3");
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(counted_as, "10.1.2.3");
  EXPECT_EQ(seen.host, "10.1.2.3");
  EXPECT_NE(seen.port, 0);
}

TEST(network, a_connect_that_is_given_up_runs_no_handler) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  const auto listener = listen(loop);
  dialer dialed(loop, listener->local());
  dialed.attempt.reset();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_FALSE(dialed.done);
  EXPECT_EQ(world.open_descriptors(), 1u);
}

TEST(network, a_full_backlog_makes_a_connect_wait) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  const auto listener = listen(loop, tcp("127.0.0.1", 0), backlog(1));
  peer first(world, listener->local()), second(world, listener->local());
  ASSERT_TRUE(world.run_for(500ms));
  EXPECT_TRUE(first.connected());
  EXPECT_FALSE(second.connected());
  listener->accept([](auto) {});  // and closes it
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_TRUE(second.connected());
}

TEST(network, a_backlog_that_stays_full_fails_the_connect) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  const auto listener = listen(loop, tcp("127.0.0.1", 0), backlog(1));
  peer first(world, listener->local()), second(world, listener->local());
  ASSERT_TRUE(world.run_until([&] { return second.closed(); })) << world;
  EXPECT_EQ(second.connect_error(), errc::connection_reset);
  EXPECT_GT(world.elapsed(), 60s);
}

TEST(network, a_listener_that_goes_resets_what_it_did_not_accept) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  auto listener = listen(loop);
  peer client(world, listener->local());
  ASSERT_TRUE(world.run_until_idle());
  ASSERT_TRUE(client.connected());
  listener.reset();
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_TRUE(client.saw_reset());
}

TEST(network, without_descriptors_accept_fails_and_the_connection_waits) {
  world world(1, calm());
  net::loop loop(world.make_backend());
  const auto listener = listen(loop);
  peer client(world, listener->local());
  std::error_code error;
  std::unique_ptr<net::pending_connection> accepted;
  const auto on_accepted = [&](auto outcome) {
    error = outcome.error();
    if (outcome)
      accepted = *std::move(outcome);
  };
  world.exhaust_descriptors(true);
  listener->accept(on_accepted);
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(error, errc::descriptors_exhausted);
  EXPECT_EQ(loop.driver().listen(tcp("127.0.0.1", 0), {}).error(), errc::descriptors_exhausted);
  world.exhaust_descriptors(false);
  listener->accept(on_accepted);
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_TRUE(accepted);
  EXPECT_EQ(world.open_descriptors(), 2u);
  accepted.reset();
  EXPECT_EQ(world.open_descriptors(), 1u);
}

TEST(network, accepts_fail_as_often_as_the_faults_say) {
  options how = calm();
  how.faults.accept_failure_probability = 1;
  world world(1, how);
  net::loop loop(world.make_backend());
  const auto listener = listen(loop);
  peer client(world, listener->local());
  std::error_code error;
  listener->accept([&](auto outcome) { error = outcome.error(); });
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(error, errc::descriptors_exhausted);
}

}  // namespace
}  // namespace actornet::sim

#include "actornet/net/connector.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "actornet/sim/peer.hpp"
#include "actornet/sim/world.hpp"

namespace actornet::net {
namespace {

using namespace std::chrono_literals;

endpoint tcp(std::string host, std::uint16_t port) {
  return {endpoint::scheme::tcp, std::move(host), port};
}

/// A loop that connects, in a world where its machine is 127.0.0.1.
struct fixture : testing::Test {
  sim::world world{1, {.faults = sim::faults::calm()}};
  loop home{world.make_backend()};
  blocking_pool names{0};
  std::unique_ptr<connector> attempt;
  std::optional<result<std::unique_ptr<transport>>> outcome;

  template <class Where>
  void connect(const Where& where, time_point deadline = never) {
    world.run_on(home, [&] {
      attempt = std::make_unique<connector>(home, names, where, deadline, [this](auto came) {
        EXPECT_TRUE(home.in_loop());
        EXPECT_FALSE(outcome);
        outcome.emplace(std::move(came));
        attempt.reset();
      });
      EXPECT_FALSE(outcome) << "never inline";
    });
  }

  bool run() {
    return world.run_until([this] { return outcome.has_value(); });
  }

  std::error_code error() const { return outcome ? outcome->error() : std::error_code(); }
  std::string connected_to() const { return to_string((**outcome)->peer()); }
};

using connector_test = fixture;

// -- one address ----------------------------------------------------------------------------------

TEST_F(connector_test, an_address_that_listens_is_connected) {
  const sim::peer_listener listener(world, tcp("127.0.0.1", 0));
  connect(to_string(listener.local()));
  ASSERT_TRUE(run()) << world;
  ASSERT_TRUE(*outcome) << error();
  EXPECT_EQ(connected_to(), to_string(listener.local()));
  EXPECT_EQ(listener.waiting(), 1u);
}

TEST_F(connector_test, a_unix_socket_is_connected) {
  const sim::peer_listener listener(world, *parse_endpoint("unix:///run/db"));
  connect("unix:///run/db", world.now() + 1s);
  ASSERT_TRUE(run()) << world;
  EXPECT_TRUE(*outcome) << error();
}

TEST_F(connector_test, what_is_no_uri_is_an_invalid_address) {
  connect("tcp:/nonsense");
  ASSERT_TRUE(run()) << world;
  EXPECT_EQ(error(), errc::address_invalid);
}

TEST_F(connector_test, where_nobody_listens_it_is_refused) {
  connect("tcp://127.0.0.1:1", world.now() + 1s);
  ASSERT_TRUE(run()) << world;
  EXPECT_EQ(error(), errc::connection_refused);
  EXPECT_LT(world.elapsed(), 1s);
}

TEST_F(connector_test, an_address_that_does_not_answer_is_a_timeout_at_the_deadline) {
  const sim::peer_listener listener(world, tcp("10.0.0.1", 80), "10.0.0.1");
  world.partition("10.0.0.1");
  const time_point deadline = world.now() + 3s;
  connect("tcp://10.0.0.1:80", deadline);
  ASSERT_TRUE(run()) << world;
  EXPECT_EQ(error(), errc::timed_out);
  EXPECT_GE(world.now(), deadline);
  EXPECT_LE(world.now(), deadline + 2ms);
  EXPECT_EQ(world.open_descriptors(), 0u);
}

TEST_F(connector_test, a_deadline_that_has_passed_is_a_timeout) {
  const sim::peer_listener listener(world, tcp("10.0.0.1", 80), "10.0.0.1");
  world.partition("10.0.0.1");
  connect("tcp://10.0.0.1:80", world.now() - 1s);
  ASSERT_TRUE(run()) << world;
  EXPECT_EQ(error(), errc::timed_out);
}

TEST_F(connector_test, without_a_deadline_it_waits_until_the_network_is_healed) {
  const sim::peer_listener listener(world, tcp("10.0.0.1", 80), "10.0.0.1");
  world.partition("10.0.0.1");
  connect("tcp://10.0.0.1:80");
  ASSERT_TRUE(world.run_for(1h));
  EXPECT_FALSE(outcome);
  world.heal();
  ASSERT_TRUE(run()) << world;
  EXPECT_TRUE(*outcome) << error();
}

TEST_F(connector_test, without_descriptors_it_fails) {
  world.exhaust_descriptors(true);
  connect("tcp://127.0.0.1:1");
  ASSERT_TRUE(run()) << world;
  EXPECT_EQ(error(), errc::descriptors_exhausted);
}

// -- names ----------------------------------------------------------------------------------------

TEST_F(connector_test, a_name_is_resolved) {
  const sim::peer_listener listener(world, tcp("10.0.0.1", 80), "10.0.0.1");
  world.add_name("db.internal", {"10.0.0.1"});
  connect("tcp://db.internal:80", world.now() + 1s);
  ASSERT_TRUE(run()) << world;
  ASSERT_TRUE(*outcome) << error();
  EXPECT_EQ(connected_to(), "tcp://10.0.0.1:80");
}

TEST_F(connector_test, a_name_that_nobody_knows_is_not_found) {
  connect("tcp://nowhere:80", world.now() + 1s);
  ASSERT_TRUE(run()) << world;
  EXPECT_EQ(error(), errc::name_not_found);
}

TEST_F(connector_test, a_resolver_that_has_too_much_to_do_refuses) {
  std::vector<result<blocking_work>> work;
  world.run_on(home, [&] {
    for (std::size_t i = 0; i < blocking_pool::queue_max; ++i)
      work.push_back(names.run(
          home, []() -> result<int> { return 1; }, [](result<int>) {}));
    attempt = std::make_unique<connector>(home, names, "tcp://db.internal:80", never,
                                          [this](auto came) { outcome.emplace(std::move(came)); });
    EXPECT_FALSE(outcome);
  });
  ASSERT_TRUE(run()) << world;
  EXPECT_EQ(error(), errc::mailbox_full);
}

// -- several addresses ----------------------------------------------------------------------------

struct several_addresses : fixture {
  several_addresses() { world.add_name("db", {"10.0.0.1", "10.0.0.2", "10.0.0.3"}); }
};

using connector_with_several_addresses = several_addresses;

TEST_F(connector_with_several_addresses, the_first_that_listens_is_connected) {
  const sim::peer_listener second(world, tcp("10.0.0.2", 80), "10.0.0.2");
  const sim::peer_listener third(world, tcp("10.0.0.3", 80), "10.0.0.3");
  connect("tcp://db:80", world.now() + 1s);
  ASSERT_TRUE(run()) << world;
  ASSERT_TRUE(*outcome) << error();
  EXPECT_EQ(connected_to(), "tcp://10.0.0.2:80");
  EXPECT_EQ(third.waiting(), 0u);
  outcome.reset();
  EXPECT_EQ(world.open_descriptors(), 0u);
}

TEST_F(connector_with_several_addresses, one_that_does_not_answer_gets_its_share_of_the_time) {
  const sim::peer_listener second(world, tcp("10.0.0.2", 80), "10.0.0.2");
  world.partition("10.0.0.1");
  connect("tcp://db:80", world.now() + 30s);
  ASSERT_TRUE(run()) << world;
  ASSERT_TRUE(*outcome) << error();
  EXPECT_EQ(connected_to(), "tcp://10.0.0.2:80");
  EXPECT_GE(world.elapsed(), 10s);
  EXPECT_LT(world.elapsed(), 11s);
}

TEST_F(connector_with_several_addresses, the_share_of_one_is_two_seconds_at_least) {
  const sim::peer_listener second(world, tcp("10.0.0.2", 80), "10.0.0.2");
  world.partition("10.0.0.1");
  connect("tcp://db:80", world.now() + 3s);
  ASSERT_TRUE(run()) << world;
  EXPECT_TRUE(*outcome) << error();
  EXPECT_GE(world.elapsed(), connector::address_time_min);
}

TEST_F(connector_with_several_addresses, none_that_answers_is_a_timeout_at_the_one_deadline) {
  world.partition();
  const time_point deadline = world.now() + 9s;
  connect("tcp://db:80", deadline);
  ASSERT_TRUE(run()) << world;
  EXPECT_EQ(error(), errc::timed_out);
  EXPECT_GE(world.now(), deadline);
  EXPECT_LE(world.now(), deadline + 2ms);
}

TEST_F(connector_with_several_addresses, when_all_fail_the_first_ones_error_is_told) {
  world.partition("10.0.0.2");
  connect("tcp://db:80", world.now() + 30s);
  ASSERT_TRUE(run()) << world;
  EXPECT_EQ(error(), errc::connection_refused);
  EXPECT_LT(world.elapsed(), 30s);
}

// -- giving up ------------------------------------------------------------------------------------

// One step of the world at a time: whatever is under way when the connector goes, its handler does
// not run and no descriptor stays.
TEST(connector, can_be_given_up_at_each_step) {
  bool came_through = false;
  for (int steps = 0; !came_through; ++steps) {
    ASSERT_LT(steps, 1000);
    sim::world world(static_cast<std::uint64_t>(steps) + 1);
    loop home(world.make_backend());
    blocking_pool names(0);
    world.add_name("db", {"10.0.0.1", "10.0.0.2", "10.0.0.3"});
    world.partition("10.0.0.2");
    const sim::peer_listener third(world, tcp("10.0.0.3", 80), "10.0.0.3");
    std::unique_ptr<connector> attempt;
    world.run_on(home, [&] {
      attempt = std::make_unique<connector>(home, names, "tcp://db:80", world.now() + 9s,
                                            [&](auto came) { came_through = bool(came); });
    });
    for (int i = 0; i < steps && !came_through; ++i)
      world.step();
    if (came_through)
      break;
    attempt.reset();
    EXPECT_EQ(world.open_descriptors(), 0u) << steps;
    ASSERT_TRUE(world.run_for(20s));
    EXPECT_FALSE(came_through) << steps;
  }
}

TEST_F(connector_test, a_uri_that_is_invalid_can_be_given_up) {
  connect("nonsense");
  world.run_on(home, [&] { attempt.reset(); });
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_FALSE(outcome);
}

TEST_F(connector_test, the_loop_may_end_with_it) {
  loop other(world.make_backend("10.0.0.9"));
  blocking_pool its_names{0};  // a pool must not outlive the loops it works for
  world.partition();
  const connector first(other, its_names, "tcp://10.0.0.1:80", world.now() + 1s,
                        [](auto) { ADD_FAILURE(); });
  const connector second(other, its_names, "tcp://db.internal:80", world.now() + 1s,
                         [](auto) { ADD_FAILURE(); });
}

// -- real sockets ---------------------------------------------------------------------------------

// "localhost" is often ::1 first, where nobody listens here.
TEST(connector, reaches_localhost_by_real_sockets) {
  loop home(make_asio_backend());
  blocking_pool names;
  const auto listener = home.driver().listen(tcp("127.0.0.1", 0), {});
  ASSERT_TRUE(listener);
  std::optional<result<std::unique_ptr<transport>>> outcome;
  const connector attempt(home, names, tcp("localhost", (*listener)->local().port),
                          home.fresh_now() + 30s, [&](auto came) { outcome = std::move(came); });
  while (!outcome)
    home.turn(true);
  ASSERT_TRUE(*outcome) << outcome->error();
  EXPECT_EQ((**outcome)->peer().port, (*listener)->local().port);
}

TEST(connector, gives_up_resolving_by_real_threads) {
  loop home(make_asio_backend());
  blocking_pool names;
  for (int i = 0; i < 20; ++i)
    const connector attempt(home, names, tcp("localhost", 1), never, [](auto) { ADD_FAILURE(); });
  home.turn(false);
}

}  // namespace
}  // namespace actornet::net

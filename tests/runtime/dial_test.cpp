// Connections that this side makes: how a dial ends, how the connection does, and that each of them
// says why.

#include "actornet/dial.hpp"

#include "actornet/connection.hpp"
#include "actornet/echo/v1/echo.pb.h"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/time.hpp"
#include "sim/seeds.hpp"
#include "simulated_client.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;
using net::never;

/// Dials and tells how it ended, and when.
struct dial_outcome {
  std::error_code error;
  net::time_point at{};

  task<> operator()(std::string uri, net::time_point deadline = never) {
    auto dialed = co_await dial<byte_stream>(uri, deadline);
    error = dialed.error();
    at = (co_await this_task()).home().now();
  }
};

// -- making a connection --------------------------------------------------------------------------

TEST(dial, bytes_go_both_ways) {
  sim::for_each_seed([](sim::world& world) {
    simulated_server server(world, framed_options(net::framing::raw));
    simulated_client client(world);
    const std::string text = pattern(50'000);
    std::string received;
    client.run([&]() -> task<> {
      auto peer = co_await dial<byte_stream>(net::to_string(server.where()));
      EXPECT_TRUE(peer) << peer.error();
      EXPECT_EQ(peer->peer(), server.where());
      const auto written = co_await peer->write(text);
      EXPECT_EQ(written.bytes, text.size());
      while (received.size() < text.size())
        received += (co_await peer->read())->text();
    });
    EXPECT_TRUE(received == text);
    client.expect_no_connection();
  });
}

TEST(dial, messages_go_both_ways) {
  sim::world world(1);
  simulated_server server(world);
  simulated_client client(world);
  client.run([&]() -> task<> {
    auto peer = co_await dial<connection<Echo, Echo>>(net::to_string(server.where()));
    Echo message;
    message.set_payload("hello");
    co_await peer->send(message);
    const auto answer = co_await peer->receive();
    EXPECT_EQ(answer->payload(), "hello");
  });
}

TEST(dial, where_nobody_listens_it_is_refused) {
  sim::world world(1);
  simulated_client client(world);
  dial_outcome refused;
  client.run([&] { return refused("tcp://127.0.0.1:1"); });
  EXPECT_EQ(refused.error, errc::connection_refused);
  EXPECT_EQ(client.rt().connections(), 0u);
}

TEST(dial, what_is_no_uri_and_what_is_no_name_say_so) {
  sim::world world(1);
  simulated_client client(world);
  dial_outcome invalid, unknown;
  client.run([&] { return invalid("tcp:/nonsense"); });
  client.run([&] { return unknown("tcp://nowhere:80"); });
  EXPECT_EQ(invalid.error, errc::address_invalid);
  EXPECT_EQ(unknown.error, errc::name_not_found);
  EXPECT_EQ(client.rt().connections(), 0u);
}

TEST(dial, without_descriptors_it_fails) {
  sim::world world(1);
  simulated_client client(world);
  dial_outcome failed;
  world.exhaust_descriptors(true);
  client.run([&] { return failed("tcp://127.0.0.1:1"); });
  EXPECT_EQ(failed.error, errc::descriptors_exhausted);
}

TEST(dial, the_addresses_of_a_name_are_tried_in_turn) {
  sim::world world(1);
  world.add_name("db", {"10.0.0.1", "10.0.0.2"});
  simulated_peers second(world, "10.0.0.2", 80);  // the first refuses
  simulated_client client(world);
  client.run([&]() -> task<> {
    const auto peer = co_await dial<byte_stream>("tcp://db:80");
    EXPECT_TRUE(peer) << peer.error();
    EXPECT_EQ(net::to_string(peer->peer()), "tcp://10.0.0.2:80");
  });
  EXPECT_EQ(second.accept_all(), 1u);
}

TEST(dial, the_options_are_those_of_the_caller) {
  sim::world world(1);
  simulated_peers peers(world);
  simulated_client client(world);
  dial_options options = dial_options::of<byte_stream>();
  options.stream.framing = net::framing::line;
  std::string answer;
  client.begin([&]() -> task<> {
    auto peer = co_await dial<byte_stream>(peers.uri(), never, options);
    options = {};  // it keeps its own
    co_await peer->write("a line");
    answer = (co_await peer->read())->text();
  });
  sim::peer& peer = peers.next();
  peer.send("an answer\n");
  ASSERT_TRUE(client.finish()) << world;
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_EQ(answer, "an answer");
  EXPECT_EQ(peer.received(), "a line\n");
}

// -- deadlines and cancellation of the dial -------------------------------------------------------

struct silent_address : testing::Test {
  sim::world world{1};
  simulated_peers nobody{world, "10.0.0.1", 80};
  simulated_client client{world};
  dial_outcome outcome;
  net::time_point start = world.now();

  silent_address() { world.partition("10.0.0.1"); }

  void expect_ended(errc why, net::duration after) {
    EXPECT_EQ(outcome.error, why);
    EXPECT_GE(outcome.at, start + after);
    EXPECT_LE(outcome.at, start + after + 10ms);
    EXPECT_EQ(world.open_descriptors(), 0u);
    EXPECT_EQ(client.rt().connections(), 0u);
  }
};

using dial_that_hangs = silent_address;

TEST_F(dial_that_hangs, ends_at_its_deadline) {
  client.run([&] { return outcome("tcp://10.0.0.1:80", start + 3s); });
  expect_ended(errc::timed_out, 3s);
}

TEST_F(dial_that_hangs, ends_at_the_deadline_of_the_task_if_that_is_earlier) {
  client.run([&]() -> task<> {
    co_await with_deadline(start + 2s, outcome("tcp://10.0.0.1:80", start + 3s));
  });
  expect_ended(errc::timed_out, 2s);
}

TEST_F(dial_that_hangs, ends_when_the_task_is_cancelled) {
  cancel_source source;
  client.begin([&]() -> task<> {
    co_await with_token(source.token(), outcome("tcp://10.0.0.1:80", start + 3s));
  });
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_EQ(client.rt().connections(), 1u) << "it counts as one from the beginning";
  source.cancel();
  ASSERT_TRUE(client.finish()) << world;
  expect_ended(errc::cancelled, 1s);
}

TEST_F(dial_that_hangs, ends_when_the_runtime_drains) {
  client.begin([&] { return outcome("tcp://10.0.0.1:80"); });
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_EQ(client.drain(), 0u);
  expect_ended(errc::shutting_down, 1s);
}

TEST_F(dial_that_hangs, a_deadline_that_has_passed_fails_it_at_once) {
  client.run([&] { return outcome("tcp://10.0.0.1:80", start - 1s); });
  expect_ended(errc::timed_out, 0s);
}

TEST_F(dial_that_hangs, a_cancelled_task_does_not_begin_one) {
  cancel_source source;
  source.cancel(errc::killed);
  client.run(
      [&]() -> task<> { co_await with_token(source.token(), outcome("tcp://10.0.0.1:80")); });
  expect_ended(errc::killed, 0s);
}

TEST_F(dial_that_hangs, succeeds_once_the_network_is_healed) {
  client.begin([&] { return outcome("tcp://10.0.0.1:80"); });
  ASSERT_TRUE(world.run_for(1h));
  world.heal();
  ASSERT_TRUE(client.finish()) << world;
  EXPECT_FALSE(outcome.error);
}

TEST(dial, on_a_loop_without_a_runtime_is_a_clear_error) {
  sim::world world(1);
  net::loop alone(world.make_backend());
  task_context context(alone);
  std::string said;
  const auto dials = [&said]() -> task<> {
    try {
      co_await dial<byte_stream>("tcp://127.0.0.1:1");
    } catch (const std::logic_error& misuse) {
      said = misuse.what();
    }
  };
  task<> misuse = dials();
  world.run_on(alone, [&] { EXPECT_FALSE(misuse.start(context, {})); });
  EXPECT_EQ(said, "actornet: connections are made on a runtime's loops only");
}

}  // namespace
}  // namespace actornet

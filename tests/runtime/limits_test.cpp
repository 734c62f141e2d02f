// Limits of time and number close with their reason, at their time.

#include "simulated_server.hpp"

namespace actornet {
namespace {

constexpr net::duration slack = 1s;

void expect_closed_after(const session_log& log, net::duration since_open, errc reason) {
  EXPECT_EQ(log.closed, reason) << describe(log.closed);
  EXPECT_EQ(log.read_end, reason);
  EXPECT_TRUE(log.ended);
  EXPECT_GE(log.closed_at - log.opened_at, since_open);
  EXPECT_LE(log.closed_at - log.opened_at, since_open + slack);
}

TEST(limits, a_peer_that_sends_nothing_is_closed_at_the_handshake_timeout) {
  sim::world world(1);
  listen_options options = patient_options();
  options.stream.handshake_timeout = 10s;
  simulated_server server(world, options);
  const sim::peer peer = server.connect();
  server.expect_only_bystander_left();
  expect_closed_after(server.logs().front(), 10s, errc::handshake_timeout);
  EXPECT_TRUE(peer.saw_end_of_stream());
  EXPECT_EQ(server.counted(&net::counters::connections_failed), 1u);
}

TEST(limits, a_part_of_the_first_frame_does_not_move_the_handshake_timeout) {
  sim::world world(2);
  listen_options options = patient_options();
  options.stream.handshake_timeout = 10s;
  options.stream.read_timeout = 30s;
  simulated_server server(world, options);
  sim::peer peer = server.connect();
  peer.wait(9s).send(framed("hello").substr(0, 3));
  server.expect_only_bystander_left();
  expect_closed_after(server.logs().front(), 10s, errc::handshake_timeout);
}

TEST(limits, the_handshake_timeout_ends_with_the_first_frame) {
  sim::world world(3);
  listen_options options = patient_options();
  options.stream.handshake_timeout = 10s;
  simulated_server server(world, options);
  sim::peer peer = server.connect();
  peer.wait(9s).send(framed("hello")).wait(1h).send(framed("again")).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream() || peer.closed(); })) << world;
  EXPECT_EQ(peer.received(), framed("hello") + framed("again"));
}

// A frame of which one byte comes every two seconds.
TEST(limits, a_slow_loris_is_closed_at_the_read_timeout) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    sim::world world(seed);
    listen_options options = patient_options();
    options.stream.read_timeout = 30s;
    simulated_server server(world, options);
    sim::peer peer = server.connect();
    peer.send(framed("quick"));
    const std::string whole = framed(pattern(40));
    for (const char byte : whole)
      peer.send(std::string_view(&byte, 1)).wait(2s);
    server.expect_only_bystander_left();
    expect_closed_after(server.logs().front(), 30s, errc::read_timeout);
    EXPECT_EQ(peer.received(), framed("quick"));
  }
}

TEST(limits, a_frame_that_takes_a_little_less_than_the_read_timeout_is_taken) {
  sim::world world(1);
  listen_options options = patient_options();
  options.stream.read_timeout = 30s;
  simulated_server server(world, options);
  sim::peer peer = server.connect();
  const std::string whole = framed(pattern(29));
  std::string sent;
  for (int round = 0; round < 5; ++round, sent += whole)
    peer.send_in_pieces(whole, {1, 10, 20}, 9900ms);
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream() || peer.closed(); })) << world;
  EXPECT_EQ(peer.received(), sent);
  EXPECT_GE(world.elapsed(), 140s);
}

TEST(limits, an_idle_connection_is_closed_a_while_after_its_last_frame) {
  sim::world world(5);
  listen_options options = patient_options();
  options.stream.idle_timeout = 60s;
  simulated_server server(world, options);
  sim::peer peer = server.connect();
  for (int i = 0; i < 5; ++i)
    peer.send(framed("still here")).wait(50s);
  server.expect_only_bystander_left();
  expect_closed_after(server.logs().front(), 260s, errc::idle_timeout);
  EXPECT_EQ(unframed(peer.received()).size(), 5u);
}

TEST(limits, frames_to_the_peer_keep_a_connection_from_being_idle) {
  sim::world world(6);
  listen_options options = patient_options();
  options.stream.idle_timeout = 60s;
  simulated_server server(world, options, consume);
  sim::peer peer = server.connect_now();
  peer.send(framed("hello"));
  session_log& log = server.logs().front();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(world.run_for(50s));
    ASSERT_TRUE(log.ref.send(shared("news")));
  }
  server.expect_only_bystander_left();
  expect_closed_after(log, 310s, errc::idle_timeout);
  EXPECT_EQ(unframed(peer.received()).size(), 5u);
}

TEST(limits, a_part_of_a_frame_does_not_keep_a_connection_from_being_idle) {
  sim::world world(7);
  listen_options options = patient_options();
  options.stream.idle_timeout = 60s;
  simulated_server server(world, options);
  sim::peer peer = server.connect();
  peer.send(framed("one"))
      .wait(50s)
      .send(
          "\x05"
          "par");
  server.expect_only_bystander_left();
  expect_closed_after(server.logs().front(), 60s, errc::idle_timeout);
}

TEST(limits, without_limits_nothing_is_closed) {
  sim::world world(8);
  simulated_server server(world, patient_options());
  sim::peer peer = server.connect_now();
  peer.send(
      "\x05"
      "par");
  ASSERT_TRUE(world.run_for(24h * 30));
  EXPECT_EQ(server.logs().front().closed, errc{});
  peer.send("ts").shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_EQ(peer.received(), framed("parts"));
}

// -- numbers --------------------------------------------------------------------------------------

TEST(limits, without_descriptors_accepting_pauses_and_recovers_within_a_second) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    sim::world world(seed);
    simulated_server server(world);
    sim::peer existing = server.connect_now();
    world.exhaust_descriptors(true);
    std::vector<sim::peer> waiting;
    for (int i = 0; i < 20; ++i) {
      waiting.push_back(server.connect());
      waiting.back().send(framed("hello"));
    }
    const std::uint64_t steps_before = world.steps();
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(world.run_for(1s));
      existing.send(framed("still served"));
      ASSERT_TRUE(world.run_for(100ms));
      EXPECT_EQ(unframed(existing.received()).size(), static_cast<std::size_t>(i + 1));
      server.expect_bystander_well();
    }
    // At most one attempt each 50, 100, 200, 400 and then 500 ms, for each of the two listeners.
    const auto attempts = server.counted(&net::counters::accepts_failed);
    EXPECT_GE(attempts, 10u);
    EXPECT_LE(attempts, 2 * (4 + 11'100 / 500 + 1u));
    EXPECT_LT(world.steps() - steps_before, 5000u) << "it spins";
    EXPECT_EQ(server.logs().size(), 1u);

    world.exhaust_descriptors(false);
    const auto began = world.now();
    ASSERT_TRUE(world.run_until([&] {
      return std::ranges::all_of(
          waiting, [](const sim::peer& one) { return one.received() == framed("hello"); });
    })) << world;
    EXPECT_LE(world.now() - began, 1s);
    waiting.clear();
    existing.close();
    server.expect_only_bystander_left();
  }
}

TEST(limits, accepting_pauses_shortly_again_after_it_went_well) {
  sim::world world(1, calm());
  simulated_server server(world);
  for (int round = 0; round < 3; ++round) {
    world.exhaust_descriptors(true);
    sim::peer peer = server.connect();
    ASSERT_TRUE(world.run_for(20ms));  // the first attempt has failed
    world.exhaust_descriptors(false);
    const auto began = world.now();
    ASSERT_TRUE(world.run_until([&] { return server.rt().connections() == 2; })) << world;
    EXPECT_LE(world.now() - began, 60ms) << "round " << round;
    peer.close();
    server.expect_only_bystander_left();
  }
}

TEST(limits, connections_over_the_listeners_limit_are_closed_at_once) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    sim::world world(seed);
    listen_options options = framed_options();
    options.acceptor.connections_max = 3;
    simulated_server server(world, options);
    std::vector<sim::peer> taken;
    for (int i = 0; i < 3; ++i)
      taken.push_back(server.connect_now());
    std::vector<sim::peer> refused;
    for (int i = 0; i < 5; ++i)
      refused.push_back(server.connect());
    ASSERT_TRUE(world.run_until([&] {
      return std::ranges::all_of(
          refused, [](const sim::peer& one) { return one.saw_end_of_stream() || one.closed(); });
    })) << world;
    EXPECT_EQ(server.counted(&net::counters::connections_refused), 5u);
    EXPECT_EQ(server.logs().size(), 3u);
    for (sim::peer& one : taken) {
      one.send(framed("hello"));
      ASSERT_TRUE(world.run_until([&] { return one.received() == framed("hello"); })) << world;
    }
    // A place that is given back can be taken again.
    taken.pop_back();
    ASSERT_TRUE(world.run_until([&] { return server.rt().connections() == 3; })) << world;
    taken.push_back(server.connect_now());
    taken.back().send(framed("late"));
    ASSERT_TRUE(world.run_until([&] { return taken.back().received() == framed("late"); }))
        << world;
    taken.clear();
    refused.clear();
    server.expect_only_bystander_left();
  }
}

TEST(limits, connections_over_the_limit_of_an_address_are_closed_and_others_are_not) {
  sim::world world(2);
  listen_options options = framed_options();
  options.acceptor.connections_per_address_max = 2;
  simulated_server server(world, options);
  std::vector<sim::peer> first, second;
  for (int i = 0; i < 4; ++i)
    first.push_back(server.connect("127.0.0.7"));
  ASSERT_TRUE(world.run_until([&] {
    return server.counted(&net::counters::connections_refused) == 2;
  })) << world;
  for (int i = 0; i < 2; ++i)
    second.push_back(server.connect("127.0.0.8"));
  ASSERT_TRUE(world.run_until([&] { return server.logs().size() == 4; })) << world;
  for (sim::peer& one : second) {
    one.send(framed("hello"));
    ASSERT_TRUE(world.run_until([&] { return one.received() == framed("hello"); })) << world;
  }
  EXPECT_EQ(server.counted(&net::counters::connections_refused), 2u);
  first.clear();
  second.clear();
  server.expect_only_bystander_left();
  const sim::peer again = server.connect("127.0.0.7");
  ASSERT_TRUE(world.run_until([&] { return server.logs().size() == 5; })) << world;
}

}  // namespace
}  // namespace actornet

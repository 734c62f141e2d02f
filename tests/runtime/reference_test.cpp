// References: weak, thread-safe, in order; requests in flight.

#include "gate.hpp"
#include "simulated_server.hpp"

namespace actornet {
namespace {

TEST(reference, one_whose_connection_is_closed_is_stale) {
  sim::world world(1);
  stream_ref survivor;
  {
    simulated_server server(world);
    sim::peer peer = server.connect_now();
    session_log& log = server.logs().front();
    survivor = log.ref;
    EXPECT_TRUE(survivor.open());
    EXPECT_NE(survivor.id(), 0u);
    EXPECT_EQ(survivor.control()->target()->bytes().current_state(),
              net::stream::state::handshaking);
    peer.close();
    server.expect_only_bystander_left();
    EXPECT_FALSE(survivor.open());
    EXPECT_EQ(survivor.send(shared("x")).error(), errc::stale_reference);
    server.on_loop_of(log, [&] {
      EXPECT_EQ(survivor.send(shared("x")).error(), errc::stale_reference);
      survivor.close();
    });
    survivor.close();
    { const in_flight<stream_ref> request(survivor); }
  }
  // The whole runtime is gone: still an error, no crash.
  EXPECT_EQ(survivor.send(shared("x")).error(), errc::stale_reference);
  survivor.close();
  { const in_flight<stream_ref> request(survivor); }
  EXPECT_EQ(stream_ref().send(shared("x")).error(), errc::stale_reference);
}

TEST(reference, one_is_stale_as_soon_as_its_connection_was_told_to_close) {
  sim::world world(2);
  simulated_server server(world);
  const sim::peer peer = server.connect_now();
  session_log& log = server.logs().front();
  server.on_loop_of(log, [&] {
    log.ref.close(errc::killed);
    EXPECT_EQ(log.ref.send(shared("x")).error(), errc::stale_reference);
  });
  server.expect_only_bystander_left();
}

TEST(reference, ids_are_never_used_again) {
  sim::world world(3);
  simulated_server server(world);
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 20; ++i) {
    const sim::peer peer = server.connect_now();
    ids.push_back(server.logs().back().ref.id());
  }
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

TEST(reference, messages_of_one_sender_arrive_in_order_wherever_it_sends_from) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    sim::world world(seed);
    simulated_server server(world);
    sim::peer peer = server.connect_now();
    session_log& log = server.logs().front();
    net::loop& home = log.ref.control()->home();
    net::loop& other = server.rt().loops().at(1 - home.index());
    std::vector<std::string> sent;
    const auto send = [&] {
      sent.push_back("message " + std::to_string(sent.size()));
      EXPECT_TRUE(log.ref.send(shared(sent.back())));
    };
    for (int i = 0; i < 60; ++i) {
      switch (world.random().below(3)) {
        case 0:
          send();  // as a plain thread
          break;
        case 1:
          ASSERT_TRUE(world.run_on(other, send));
          break;
        case 2:
          ASSERT_TRUE(world.run_on(home, send));  // must not overtake what travels
          break;
      }
    }
    peer.shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
    EXPECT_EQ(unframed(peer.received()), sent) << "seed " << seed;
  }
}

TEST(reference, a_message_too_large_is_refused_wherever_it_is_sent_from) {
  sim::world world(4);
  listen_options options = framed_options();
  options.stream.frame_bytes_max = 100;
  simulated_server server(world, options);
  sim::peer peer = server.connect_now();
  session_log& log = server.logs().front();
  const auto large = shared(pattern(101));
  EXPECT_EQ(log.ref.send(large).error(), errc::message_too_large);
  server.on_loop_of(log, [&] { EXPECT_EQ(log.ref.send(large).error(), errc::message_too_large); });
  EXPECT_TRUE(log.ref.send(shared(pattern(100))));
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_EQ(unframed(peer.received()), std::vector{pattern(100)});
}

TEST(reference, a_line_with_a_line_break_in_it_is_refused) {
  sim::world world(5);
  simulated_server server(world, framed_options(net::framing::line));
  sim::peer peer = server.connect_now();
  session_log& log = server.logs().front();
  server.on_loop_of(log, [&] {
    EXPECT_EQ(log.ref.send(shared("two\nlines")).error(), errc::frame_malformed);
    EXPECT_TRUE(log.ref.send(shared("one line")));
  });
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_EQ(peer.received(), "one line\n");
}

TEST(reference, a_queued_message_that_is_lost_is_counted) {
  sim::world world(6, calm());
  simulated_server server(world, framed_options(), [](byte_stream peer, session_log&) -> task<> {
    (void)co_await peer.read();
  });
  sim::peer peer = server.connect_now();
  session_log& log = server.logs().front();
  // The session ends, the peer does not: it is still open but takes no messages any more.
  peer.send(framed("end"));
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  ASSERT_TRUE(log.ref.open());
  EXPECT_TRUE(log.ref.send(shared("lost")));
  ASSERT_TRUE(world.run_for(100ms));
  EXPECT_EQ(server.counted(&net::counters::messages_rejected), 1u);
  EXPECT_EQ(peer.received(), "");
  server.expect_only_bystander_left();
}

// -- requests in flight ---------------------------------------------------------------------------

using requests = std::vector<in_flight<stream_ref>>;

simulated_server requesting_server(sim::world& world, requests& held) {
  return simulated_server(world, framed_options(),
                          [&held](byte_stream peer, session_log& log) -> task<> {
                            const at_end guard(log.ended);
                            for (;;) {
                              auto chunk = co_await peer.read();
                              if (!chunk) {
                                log.read_end = chunk.error();
                                co_return;
                              }
                              log.frames.emplace_back(chunk->text());
                              auto request = co_await peer.begin_request();
                              if (!request)
                                co_return;
                              held.push_back(std::move(*request));
                            }
                          });
}

TEST(reference, a_session_that_ended_is_closed_after_its_requests_are_answered) {
  for (const bool on_its_loop : {true, false}) {
    sim::world world(7);
    requests held;
    simulated_server server = requesting_server(world, held);
    sim::peer peer = server.connect_now();
    peer.send(framed("a") + framed("b") + framed("c")).shutdown_write();
    session_log& log = server.logs().front();
    ASSERT_TRUE(world.run_until([&] { return log.ended; })) << world;
    ASSERT_TRUE(world.run_for(10s));
    EXPECT_EQ(held.size(), 3u);
    EXPECT_EQ(log.closed, errc{});
    EXPECT_FALSE(peer.saw_end_of_stream());
    const auto answer = [&] {
      EXPECT_TRUE(held.front()->send(shared("answer")));
      held.erase(held.begin());
    };
    while (!held.empty()) {
      EXPECT_FALSE(peer.saw_end_of_stream());
      if (on_its_loop)
        server.on_loop_of(log, answer);
      else
        answer();
      if (world.random().chance(0.5)) {
        ASSERT_TRUE(world.run_for(1s));
      }
    }
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
    EXPECT_EQ(unframed(peer.received()), std::vector<std::string>(3, "answer"));
    server.expect_only_bystander_left();
    EXPECT_EQ(log.closed, errc::end_of_stream);
  }
}

TEST(reference, a_copy_of_a_request_counts_too) {
  sim::world world(8);
  requests held;
  simulated_server server = requesting_server(world, held);
  sim::peer peer = server.connect_now();
  peer.send(framed("a")).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return held.size() == 1; })) << world;
  held.push_back(held.front());
  EXPECT_EQ(server.logs().front().ref.control()->requests(), 2u);
  held.erase(held.begin());
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_EQ(server.logs().front().closed, errc{});
  held.clear();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
}

TEST(reference, at_the_limit_of_requests_in_flight_reading_stops) {
  constexpr std::size_t max = default_limits.requests_max;
  sim::world world(9);
  requests held;
  simulated_server server = requesting_server(world, held);
  sim::peer peer = server.connect_now();
  std::string sent;
  for (std::size_t i = 0; i < max + 500; ++i)
    sent += framed(std::to_string(i));
  peer.send(sent).shutdown_write();
  ASSERT_TRUE(world.run_for(10s));
  EXPECT_EQ(held.size(), max);
  session_log& log = server.logs().front();
  EXPECT_EQ(log.frames.size(), max + 1);  // that one waits for its turn
  held.pop_back();
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_EQ(held.size(), max);
  EXPECT_EQ(log.frames.size(), max + 2);
  while (!log.ended || !held.empty()) {
    held.clear();
    ASSERT_TRUE(world.run_for(10ms));
  }
  EXPECT_EQ(log.frames.size(), max + 500);
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
}

TEST(reference, a_close_does_not_wait_for_requests) {
  sim::world world(10);
  requests held;
  simulated_server server = requesting_server(world, held);
  sim::peer peer = server.connect_now();
  peer.send(framed("a"));
  ASSERT_TRUE(world.run_until([&] { return held.size() == 1; })) << world;
  peer.reset();
  server.expect_only_bystander_left();
  EXPECT_EQ(held.front()->send(shared("too late")).error(), errc::stale_reference);
  held.clear();
  ASSERT_TRUE(world.run_until_idle());
}

}  // namespace
}  // namespace actornet

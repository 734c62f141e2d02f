// The scenarios in which a parked task must be woken, each by its own event and in time.

#include "simulated_server.hpp"

namespace actornet {
namespace {

/// When what was waited for came, since the session began.
struct moments {
  std::vector<net::duration> at;
  void note(const byte_stream& peer, const session_log& log) {
    at.push_back(peer.now() - log.opened_at);
  }
};

#define EXPECT_ABOUT(value, expected) \
  EXPECT_GE(value, expected);         \
  EXPECT_LE(value, expected + 20ms)

TEST(wake_up, bytes_wake_a_reader) {
  sim::world world(1);
  moments seen;
  simulated_server server(world, framed_options(),
                          [&seen](byte_stream peer, session_log& log) -> task<> {
                            while (co_await peer.read())
                              seen.note(peer, log);
                          });
  sim::peer peer = server.connect_now();
  peer.wait(1s).send(framed("one")).wait(2s).send(framed("two")).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  ASSERT_EQ(seen.at.size(), 2u);
  EXPECT_ABOUT(seen.at[0], 1s);
  EXPECT_ABOUT(seen.at[1], 3s);
}

TEST(wake_up, room_wakes_a_writer_after_the_buffers_were_full) {
  for (const auto kind : {net::framing::raw, net::framing::delimited}) {
    sim::world world(2);
    moments seen;
    listen_options options = patient_options(kind);
    options.stream.frame_bytes_max = 2'000'000;
    const std::string text = pattern(1'000'000);
    simulated_server server(world, options, [&](byte_stream peer, session_log& log) -> task<> {
      const auto written = co_await peer.write(text);
      seen.note(peer, log);
      EXPECT_FALSE(written.error);
      EXPECT_EQ(written.bytes, text.size());
    });
    sim::peer peer = server.connect();
    peer.stop_reading();
    ASSERT_TRUE(world.run_for(3s));
    EXPECT_TRUE(seen.at.empty());
    peer.resume_reading();
    peer.shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
    ASSERT_EQ(seen.at.size(), 1u);
    EXPECT_GE(seen.at[0], 2900ms);
    EXPECT_LE(seen.at[0], 3500ms);
    EXPECT_TRUE(peer.received() == (kind == net::framing::raw ? text : framed(text)));
  }
}

TEST(wake_up, a_read_deadline_wakes_a_reader_and_nothing_is_lost) {
  sim::world world(3);
  moments seen;
  simulated_server server(world, framed_options(),
                          [&seen](byte_stream peer, session_log& log) -> task<> {
                            peer.set_read_deadline(peer.now() + 1s);
                            const auto nothing = co_await peer.read();
                            seen.note(peer, log);
                            EXPECT_EQ(nothing.error(), errc::timed_out);
                            peer.set_read_deadline(net::never);
                            const auto frame = co_await peer.read();
                            EXPECT_TRUE(frame);
                            EXPECT_EQ(frame->text(), "late");
                            seen.note(peer, log);
                            co_await peer.write("thanks");
                          });
  sim::peer peer = server.connect_now();
  // The frame's first bytes are there before the deadline, the others come after it.
  peer.wait(500ms).send_in_pieces(framed("late"), {2}, 1500ms).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  ASSERT_EQ(seen.at.size(), 2u);
  EXPECT_ABOUT(seen.at[0], 1s);
  EXPECT_ABOUT(seen.at[1], 2s);
  EXPECT_EQ(peer.received(), framed("thanks"));
}

TEST(wake_up, a_connection_wakes_an_acceptor_that_has_waited_long) {
  sim::world world(4);
  simulated_server server(world);
  ASSERT_TRUE(world.run_for(1h));
  for (int i = 0; i < 3; ++i) {
    sim::peer peer = server.connect();
    peer.send(framed("hello"));
    const auto began = world.now();
    ASSERT_TRUE(world.run_until([&] { return peer.received() == framed("hello"); })) << world;
    EXPECT_LE(world.now() - began, 50ms);
    peer.close();
    ASSERT_TRUE(world.run_for(1h));
  }
}

TEST(wake_up, the_peers_end_wakes_a_reader) {
  sim::world world(5);
  moments seen;
  simulated_server server(world, framed_options(),
                          [&seen](byte_stream peer, session_log& log) -> task<> {
                            log.read_end = (co_await peer.read()).error();
                            seen.note(peer, log);
                          });
  sim::peer peer = server.connect_now();
  peer.wait(1s).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_EQ(server.logs().front().read_end, errc::end_of_stream);
  ASSERT_EQ(seen.at.size(), 1u);
  EXPECT_ABOUT(seen.at[0], 1s);
}

TEST(wake_up, a_reset_wakes_a_reader) {
  sim::world world(6);
  simulated_server server(world);
  sim::peer peer = server.connect_now();
  ASSERT_TRUE(world.run_for(1s));
  peer.reset();
  server.expect_only_bystander_left();
  EXPECT_EQ(server.logs().front().read_end, errc::connection_reset);
}

TEST(wake_up, a_reset_wakes_a_writer) {
  sim::world world(7);
  simulated_server server(world, patient_options(net::framing::raw),
                          [](byte_stream peer, session_log& log) -> task<> {
                            const at_end guard(log.ended);
                            const auto written = co_await peer.write(pattern(1'000'000));
                            log.write_end = written.error;
                            log.writes = written.bytes;
                          });
  sim::peer peer = server.connect_now();
  peer.stop_reading();
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_FALSE(server.logs().front().ended);
  peer.reset();
  server.expect_only_bystander_left();
  EXPECT_EQ(server.logs().front().write_end, errc::connection_reset);
  EXPECT_LT(server.logs().front().writes, 1'000'000u);
}

TEST(wake_up, a_local_close_wakes_a_reader) {
  for (const bool on_its_loop : {true, false}) {
    sim::world world(8);
    simulated_server server(world);
    sim::peer peer = server.connect_now();
    session_log& log = server.logs().front();
    ASSERT_TRUE(world.run_for(1s));
    if (on_its_loop)
      server.on_loop_of(log, [&] { log.ref.close(); });
    else
      log.ref.close();
    server.expect_only_bystander_left();
    EXPECT_EQ(log.read_end, errc::closed_locally);
    EXPECT_EQ(log.closed, errc::closed_locally);
    EXPECT_TRUE(log.ended);
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  }
}

TEST(wake_up, a_local_close_wakes_a_writer) {
  for (const bool on_its_loop : {true, false}) {
    sim::world world(9);
    simulated_server server(world, patient_options(net::framing::raw),
                            [](byte_stream peer, session_log& log) -> task<> {
                              const at_end guard(log.ended);
                              log.write_end = (co_await peer.write(pattern(1'000'000))).error;
                            });
    sim::peer peer = server.connect_now();
    peer.stop_reading();
    session_log& log = server.logs().front();
    ASSERT_TRUE(world.run_for(1s));
    EXPECT_FALSE(log.ended);
    if (on_its_loop)
      server.on_loop_of(log, [&] { log.ref.close(errc::killed); });
    else
      log.ref.close(errc::killed);
    server.expect_only_bystander_left();
    EXPECT_EQ(log.write_end, errc::killed);
    EXPECT_EQ(log.closed, errc::killed);
    EXPECT_TRUE(log.ended);
  }
}

}  // namespace
}  // namespace actornet

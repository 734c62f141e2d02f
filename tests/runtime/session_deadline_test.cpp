// The user's deadlines: they return `timed_out` and keep all state.

#include "gate.hpp"
#include "simulated_server.hpp"

namespace actornet {
namespace {

TEST(session, a_deadline_in_the_past_fails_reads_and_writes_until_it_is_moved) {
  sim::world world(1);
  std::vector<std::error_code> errors;
  simulated_server server(world, framed_options(), [&](byte_stream peer, session_log&) -> task<> {
    const auto keep = co_await peer.read();
    EXPECT_EQ(keep->text(), "one");
    peer.set_deadline(peer.now() - 1s);
    errors.push_back((co_await peer.read()).error());
    errors.push_back((co_await peer.write("no")).error);
    errors.push_back((co_await peer.read()).error());
    peer.set_deadline(net::never);
    const auto next = co_await peer.read();
    EXPECT_EQ(next->text(), "two");
    errors.push_back((co_await peer.write("yes")).error);
  });
  sim::peer peer = server.connect();
  peer.send(framed("one") + framed("two")).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  const std::error_code late = errc::timed_out;
  EXPECT_EQ(errors, (std::vector<std::error_code>{late, late, late, {}}));
  EXPECT_EQ(peer.received(), framed("yes"));
}

TEST(session, a_deadline_that_is_moved_or_cleared_does_not_fire) {
  sim::world world(2);
  std::error_code first;
  net::duration waited{};
  simulated_server server(world, framed_options(),
                          [&](byte_stream peer, session_log& log) -> task<> {
                            peer.set_read_deadline(peer.now() + 1s);
                            peer.set_read_deadline(net::never);
                            const auto frame = co_await peer.read();  // after 5 s
                            first = frame.error();
                            peer.set_read_deadline(peer.now() + 1s);
                            peer.set_read_deadline(peer.now() + 3s);
                            log.read_end = (co_await peer.read()).error();
                            waited = peer.now() - log.opened_at;
                          });
  sim::peer peer = server.connect_now();
  peer.wait(5s).send(framed("slow"));
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_FALSE(first);
  EXPECT_EQ(server.logs().front().read_end, errc::timed_out);
  EXPECT_GE(waited, 8s);
  EXPECT_LE(waited, 8s + 20ms);
}

TEST(session, a_deadline_set_by_another_turn_wakes_a_read_that_is_parked) {
  sim::world world(3);
  byte_stream* parked = nullptr;
  simulated_server server(world, framed_options(),
                          [&](byte_stream peer, session_log& log) -> task<> {
                            parked = &peer;
                            log.read_end = (co_await peer.read()).error();
                            peer.set_read_deadline(net::never);
                            const auto next = co_await peer.read();
                            EXPECT_EQ(next->text(), "still usable");
                          });
  sim::peer peer = server.connect_now();
  ASSERT_TRUE(world.run_for(1s));
  session_log& log = server.logs().front();
  server.on_loop_of(log, [&] { parked->set_read_deadline(parked->now()); });
  ASSERT_TRUE(world.run_for(10ms));
  EXPECT_EQ(log.read_end, errc::timed_out);
  peer.send(framed("still usable")).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
}

TEST(session, a_write_that_times_out_says_what_was_accepted_and_that_arrives) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    sim::world world(seed);
    const std::string text = pattern(2'000'000);
    std::size_t accepted = 0;
    simulated_server server(world, patient_options(net::framing::raw),
                            [&](byte_stream peer, session_log& log) -> task<> {
                              std::string_view left = text;
                              while (!left.empty()) {
                                peer.set_write_deadline(peer.now() + 1s);
                                const auto written = co_await peer.write(left);
                                accepted += written.bytes;
                                left.remove_prefix(written.bytes);
                                if (written.error) {
                                  EXPECT_EQ(written.error, errc::timed_out);
                                  ++log.writes;
                                }
                              }
                            });
    sim::peer peer = server.connect_now();
    peer.stop_reading();
    ASSERT_TRUE(world.run_for(5500ms));
    EXPECT_EQ(server.logs().front().writes, 5u);
    EXPECT_LT(accepted, 500'000u);
    peer.resume_reading();
    peer.shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
    EXPECT_EQ(accepted, text.size());
    EXPECT_TRUE(peer.received() == text);
  }
}

TEST(session, a_frame_whose_write_timed_out_stays_queued_and_arrives_once) {
  sim::world world(4);
  std::error_code late;
  simulated_server server(
      world, patient_options(), [&](byte_stream peer, session_log& log) -> task<> {
        peer.set_write_deadline(peer.now() + 1s);
        for (int i = 0; !late; ++i) {
          late = (co_await peer.write("frame " + std::to_string(i) + ' ' + std::string(1000, 'x')))
                     .error;
          ++log.writes;
        }
        peer.set_write_deadline(net::never);
        co_await peer.write("last");
      });
  sim::peer peer = server.connect_now();
  peer.stop_reading();
  ASSERT_TRUE(world.run_for(3s));
  EXPECT_EQ(late, errc::timed_out);
  peer.resume_reading();
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  const auto frames = unframed(peer.received());
  ASSERT_EQ(frames.size(), server.logs().front().writes + 1);
  for (std::size_t i = 0; i + 1 < frames.size(); ++i)
    EXPECT_TRUE(frames[i].starts_with("frame " + std::to_string(i) + ' '));
  EXPECT_EQ(frames.back(), "last");
}

}  // namespace
}  // namespace actornet

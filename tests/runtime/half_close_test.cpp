// One direction ends while the other goes on.

#include "simulated_server.hpp"

namespace actornet {
namespace {

TEST(half_close, what_came_before_the_peers_end_is_answered) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::world world(seed);
    simulated_server server(world);
    sim::peer peer = server.connect();
    std::string sent;
    for (int i = 0; i < 300; ++i)
      sent += framed("request " + std::to_string(i));
    peer.send(sent).shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream() || peer.closed(); }))
        << world;
    EXPECT_TRUE(peer.received() == sent) << "seed " << seed;
    server.expect_only_bystander_left();
    EXPECT_EQ(server.logs().front().closed, errc::end_of_stream);
  }
}

TEST(half_close, a_session_that_ends_is_seen_as_end_of_stream_even_while_the_peer_sends) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::world world(seed);
    simulated_server server(world, framed_options(),
                            [](byte_stream peer, session_log& log) -> task<> {
                              const at_end guard(log.ended);
                              (void)co_await peer.read();
                              co_await peer.write("bye");
                            });
    sim::peer peer = server.connect();
    for (int i = 0; i < 100; ++i)
      peer.send(framed("more " + std::to_string(i))).wait(5ms);
    peer.shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.script_done(); })) << world;
    server.expect_only_bystander_left();
    EXPECT_EQ(peer.received(), framed("bye")) << "seed " << seed;
    EXPECT_TRUE(peer.saw_end_of_stream());
    EXPECT_FALSE(peer.saw_reset());
    EXPECT_EQ(server.logs().front().closed, errc::closed_locally);
  }
}

TEST(half_close, the_peers_end_is_awaited_for_a_second_and_not_longer) {
  sim::world world(1, calm());
  simulated_server server(world, framed_options(),
                          [](byte_stream, session_log&) -> task<> { co_return; });
  sim::peer peer = server.connect_now();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  const session_log& log = server.logs().front();
  EXPECT_EQ(log.closed, errc{});
  server.expect_only_bystander_left();
  EXPECT_EQ(log.closed, errc::closed_locally);
  EXPECT_GE(log.closed_at - log.opened_at, 1s);
  EXPECT_LE(log.closed_at - log.opened_at, 1s + 10ms);
}

TEST(half_close, a_long_answer_reaches_a_peer_that_has_ended_and_reads_slowly) {
  sim::world world(3);
  simulated_server server(world, patient_options(net::framing::raw),
                          [](byte_stream peer, session_log& log) -> task<> {
                            const at_end guard(log.ended);
                            while (co_await peer.read()) {
                            }
                            log.write_end = (co_await peer.write(pattern(1'000'000))).error;
                          });
  sim::peer peer = server.connect();
  peer.shutdown_write();
  for (int i = 0; i < 50; ++i) {
    peer.stop_reading();
    ASSERT_TRUE(world.run_for(100ms));
    peer.resume_reading();
    ASSERT_TRUE(world.run_for(2ms));
  }
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream() || peer.closed(); })) << world;
  EXPECT_TRUE(peer.received() == pattern(1'000'000));
  EXPECT_FALSE(server.logs().front().write_end);
}

}  // namespace
}  // namespace actornet

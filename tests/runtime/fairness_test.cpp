// One connection that keeps its loop busy must not starve the others.

#include "simulated_server.hpp"

namespace actornet {
namespace {

// Between two frames of the other connections, a flooding one gets a bounded number of frames. All
// of them are there before the server's first turn.
TEST(fairness, a_flood_of_frames_does_not_starve_others_of_its_loop) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    sim::world world(seed, calm());
    std::size_t flooded = 0;
    std::vector<std::size_t> flooded_before;
    simulated_server server(
        world, patient_options(),
        [&](byte_stream peer, session_log&) -> task<> {
          while (auto chunk = co_await peer.read()) {
            if (chunk->text() == "f")
              ++flooded;
            else
              flooded_before.push_back(flooded);
          }
        },
        1);
    net::socket_options large;
    large.send_buffer_bytes = large.receive_buffer_bytes = 1 << 20;
    sim::peer flood = server.connect_now(large);
    std::vector<sim::peer> others;
    for (int i = 0; i < 4; ++i)
      others.push_back(server.connect_now());
    std::string frames;
    for (int i = 0; i < 30'000; ++i)
      frames += framed("f");
    flood.send(frames);
    for (int i = 0; i < 10; ++i)
      for (sim::peer& other : others)
        other.send(framed("other"));
    ASSERT_TRUE(world.run_until([&] { return flooded_before.size() == 40; })) << world;
    ASSERT_TRUE(world.run_until([&] { return flooded == 30'000; })) << world;
    std::size_t widest = flooded_before.front();
    for (std::size_t i = 4; i < flooded_before.size(); ++i)
      widest = std::max(widest, flooded_before[i] - flooded_before[i - 4]);
    EXPECT_LE(widest, 8u * 256u);
    flood.close();
  }
}

TEST(fairness, a_session_takes_at_most_its_share_of_one_resume) {
  sim::world world(1, calm());
  std::vector<int> order;  // which session took a frame
  simulated_server server(
      world, patient_options(),
      [&](byte_stream peer, session_log& log) -> task<> {
        const int mine = static_cast<int>(log.ref.id());
        while (co_await peer.read())
          order.push_back(mine);
      },
      1);
  std::string frames;
  for (int i = 0; i < 5000; ++i)
    frames += framed("f");
  sim::peer first = server.connect_now();
  sim::peer second = server.connect_now();
  first.send(frames);
  second.send(frames);
  ASSERT_TRUE(world.run_until([&] { return order.size() == 10'000; })) << world;
  std::size_t run = 0, longest = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    run = order[i] == order[i - 1] ? run + 1 : 0;
    // When only one is left it goes on alone.
    if (std::ranges::count(order.begin() + static_cast<std::ptrdiff_t>(i), order.end(), order[0]) >
            0 &&
        i < 5000)
      longest = std::max(longest, run);
  }
  EXPECT_LE(longest, 2 * net::loop::credits_per_resume);
}

// A writer that always has room yields as well.
TEST(fairness, a_task_that_never_has_to_wait_still_yields) {
  sim::world world(2, calm());
  listen_options options = patient_options();
  options.stream.output_high_bytes = 1 << 30;
  options.stream.output_bytes_max = 1 << 30;
  std::size_t written = 0;
  std::size_t written_before_answer = 0;
  simulated_server server(
      world, options,
      [&](byte_stream peer, session_log&) -> task<> {
        const auto chunk = co_await peer.read();
        if (chunk->text() == "flood") {
          for (; written < 100'000; ++written)
            if (!co_await peer.write("x"))
              co_return;
          co_return;
        }
        written_before_answer = written;
        co_await peer.write("answer");
      },
      1);
  sim::peer flood = server.connect_now();
  sim::peer other = server.connect_now();
  flood.send(framed("flood"));
  other.send(framed("question"));
  ASSERT_TRUE(world.run_until([&] { return other.received() == framed("answer"); })) << world;
  EXPECT_LE(written_before_answer, 10'000u);
  ASSERT_TRUE(world.run_until([&] { return written == 100'000; })) << world;
}

}  // namespace
}  // namespace actornet

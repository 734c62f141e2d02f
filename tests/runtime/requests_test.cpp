// Requests in flight are bounded by number and by bytes, so that no answer is lost for lack of
// room.

#include "actornet/detail/connection_core.hpp"
#include "simulated_server.hpp"

namespace actornet {
namespace {

struct request {
  in_flight<stream_ref> from;
  std::string text;
};
using requests = std::vector<request>;

constexpr std::size_t output_max = 100'000;
constexpr int frames_count = 2000;

listen_options narrow_options() {
  listen_options options = patient_options();
  options.stream.output_high_bytes = 20'000;
  options.stream.output_bytes_max = output_max;
  return options;
}

std::string numbered(int number) {
  std::string text = std::to_string(number) + ' ';
  return text + std::string(1000 - text.size(), 'x');
}

std::string all_frames() {
  std::string bytes;
  for (int i = 0; i < frames_count; ++i)
    bytes += framed(numbered(i));
  return bytes;
}

/// Hands each frame over as a request.
session handing_to(requests& held) {
  return [&held](byte_stream peer, session_log& log) -> task<> {
    const at_end guard(log.ended);
    while (auto chunk = co_await peer.read()) {
      auto from = co_await peer.begin_request();
      if (!from)
        co_return;
      log.frames.emplace_back(chunk->text());
      held.push_back({std::move(*from), std::string(chunk->text())});
    }
  };
}

void answer_all(requests& held) {
  for (const request& each : std::exchange(held, {}))
    EXPECT_TRUE(each.from->send(shared(each.text)));
}

TEST(requests, of_a_peer_that_does_not_read_wait_and_all_are_answered_when_it_does) {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    sim::world world(seed);
    std::size_t output_most = 0;
    simulated_server server(world, narrow_options(),
                            [&](byte_stream peer, session_log& log) -> task<> {
                              const at_end guard(log.ended);
                              while (auto chunk = co_await peer.read()) {
                                auto from = co_await peer.begin_request();
                                if (!from)
                                  co_return;
                                log.frames.emplace_back(chunk->text());
                                EXPECT_TRUE((*from)->send(shared(chunk->text())));
                                const auto& output = log.ref.control()->target()->bytes();
                                output_most = std::max(output_most, output.output_bytes());
                              }
                            });
    sim::peer peer = server.connect_now();
    peer.stop_reading();
    const std::string sent = all_frames();
    peer.send(sent).shutdown_write();
    ASSERT_TRUE(world.run_for(1min));
    EXPECT_LT(server.logs().front().frames.size(), static_cast<std::size_t>(frames_count));
    EXPECT_LE(output_most, 20'000u + 1010u);
    peer.resume_reading();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
    EXPECT_TRUE(peer.received() == sent);
    EXPECT_EQ(server.counted(&net::counters::messages_rejected), 0u);
  }
}

TEST(requests, whose_answers_come_late_and_at_once_have_room_for_them) {
  for (const bool on_its_loop : {true, false}) {
    sim::world world(7);
    requests held;
    simulated_server server(world, narrow_options(), handing_to(held));
    sim::peer peer = server.connect_now();
    peer.stop_reading();
    const std::string sent = all_frames();
    peer.send(sent).shutdown_write();
    session_log& log = server.logs().front();
    const auto answer = [&] { answer_all(held); };
    ASSERT_TRUE(world.run_for(1min));
    EXPECT_GT(held.size(), 50u);
    EXPECT_LE(held.size() * 1000, output_max);
    for (bool reads = false; !log.ended || !held.empty(); reads = true) {
      if (on_its_loop)
        server.on_loop_of(log, answer);
      else
        answer();
      if (reads)
        peer.resume_reading();
      ASSERT_TRUE(world.run_for(1s));
    }
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
    EXPECT_TRUE(peer.received() == sent) << (on_its_loop ? "its loop" : "another thread");
    EXPECT_EQ(server.counted(&net::counters::messages_rejected), 0u);
  }
}

TEST(requests, of_a_connection_that_is_cut_while_it_waits_for_room_end) {
  sim::world world(3);
  requests held;
  simulated_server server(world, narrow_options(), handing_to(held));
  sim::peer peer = server.connect_now();
  peer.stop_reading();
  peer.send(all_frames());
  ASSERT_TRUE(world.run_for(1min));
  session_log& log = server.logs().front();
  log.ref.close(errc::killed);
  server.expect_only_bystander_left();
  EXPECT_TRUE(log.ended);
  EXPECT_EQ(log.closed, errc::killed);
  held.clear();
}

TEST(requests, the_limit_on_their_number_is_the_listeners) {
  sim::world world(4);
  requests held;
  listen_options options = framed_options();
  options.limits.requests_max = 3;
  simulated_server server(world, options, handing_to(held));
  sim::peer peer = server.connect_now();
  for (int i = 0; i < 10; ++i)
    peer.send(framed(std::to_string(i)));
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_EQ(held.size(), 3u);
  held.pop_back();
  ASSERT_TRUE(world.run_for(1s));
  EXPECT_EQ(held.size(), 3u);
  EXPECT_EQ(server.logs().front().frames.size(), 4u);
  peer.close();
  server.expect_only_bystander_left();
  held.clear();
}

TEST(requests, that_end_after_a_wait_is_over_cost_the_loop_nothing) {
  sim::world world(5, calm());
  requests held;
  listen_options options = patient_options();
  options.limits.requests_max = 3;
  simulated_server server(world, options, handing_to(held));
  sim::peer peer = server.connect_now();
  for (int i = 0; i < 4; ++i)
    peer.send(framed(std::to_string(i)));
  ASSERT_TRUE(world.run_for(1s));
  ASSERT_EQ(held.size(), 3u);
  held.pop_back();  // the fourth, which waited for it, comes
  ASSERT_TRUE(world.run_for(1s));
  ASSERT_EQ(held.size(), 3u);
  session_log& log = server.logs().front();
  net::loop& home = log.ref.control()->home();
  server.on_loop_of(log, [&] {
    held.pop_back();
    EXPECT_FALSE(home.has_work());
  });
  held.pop_back();
  EXPECT_FALSE(home.has_work()) << "from another thread";
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return log.ended; })) << world;
  EXPECT_FALSE(peer.saw_end_of_stream());
  held.clear();  // the end of the last one is waited for all the same
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
}

TEST(requests, messages_under_way_from_other_threads_have_a_limit_of_the_listener) {
  sim::world world(6);
  listen_options options = framed_options();
  options.limits.travelling_messages_max = 5;
  simulated_server server(world, options);
  sim::peer peer = server.connect_now();
  session_log& log = server.logs().front();
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(log.ref.send(shared("x")));
  EXPECT_EQ(log.ref.send(shared("x")).error(), errc::mailbox_full);
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_EQ(unframed(peer.received()).size(), 5u);
}

TEST(requests, observers_of_a_connection_are_all_told) {
  sim::world world(7);
  simulated_server server(world);
  sim::peer peer = server.connect_now();
  session_log& log = server.logs().front();
  session_log second;
  server.on_loop_of(log, [&] {
    connection_control& control = *log.ref.control();
    control.observe(std::make_unique<close_note>(control.home(), second));
    EXPECT_NE(control.find_observer<close_note>(), nullptr);
  });
  peer.close();
  server.expect_only_bystander_left();
  EXPECT_EQ(log.closed, errc::end_of_stream);
  EXPECT_EQ(second.closed, errc::end_of_stream);
}

}  // namespace
}  // namespace actornet

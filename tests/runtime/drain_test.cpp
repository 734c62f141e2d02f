// Draining answers what was accepted, says goodbye in order, and is over in time.

#include "gate.hpp"
#include "simulated_server.hpp"

namespace actornet {
namespace {

/// Drains @p server and waits until that is over.
std::size_t drain(sim::world& world, runtime& rt, net::duration patience) {
  std::optional<std::size_t> cut;
  rt.drain(patience, [&cut](std::size_t count) { cut = count; });
  EXPECT_TRUE(world.run_until([&cut] { return cut.has_value(); })) << world;
  return cut.value_or(~std::size_t{0});
}

/// A runtime without anything else; what `simulated_server` is too much for.
struct plain_server {
  explicit plain_server(sim::world& in, session run = echo_frames,
                        listen_options options = framed_options())
      : handler(std::move(run)), rt(on(in)) {
    where = rt.listen(
        "tcp://127.0.0.1:0",
        [this](byte_stream peer) -> task<> {
          session_log& log = logs.emplace_back();
          begin_log(log, peer.ref().control());
          return handler(std::move(peer), log);
        },
        std::move(options));
    rt.start();
  }
  static runtime_options on(sim::world& in) {
    runtime_options options;
    options.loops = 2;
    options.backends = in.backends();
    return options;
  }
  session handler;
  std::deque<session_log> logs;
  runtime rt;
  net::endpoint where;
};

TEST(drain, without_connections_is_over_at_once) {
  sim::world world(1, calm());
  plain_server server(world);
  ASSERT_TRUE(world.run_for(1s));
  const auto began = world.now();
  EXPECT_EQ(drain(world, server.rt, 10s), 0u);
  EXPECT_LE(world.now() - began, 1ms);
  EXPECT_EQ(world.open_descriptors(), 0u);
  sim::peer late(world, server.where);
  ASSERT_TRUE(world.run_until([&] { return late.closed(); })) << world;
  EXPECT_EQ(late.connect_error(), errc::connection_refused);
}

TEST(drain, idle_connections_see_an_end_of_stream_and_the_session_is_told) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    sim::world world(seed);
    plain_server server(world);
    std::vector<sim::peer> peers;
    for (int i = 0; i < 10; ++i) {
      peers.emplace_back(world, server.where);
      peers.back().send(framed("hello"));
    }
    ASSERT_TRUE(world.run_for(1s));
    EXPECT_EQ(drain(world, server.rt, 10s), 0u);
    ASSERT_TRUE(world.run_until_idle());
    for (const sim::peer& peer : peers) {
      EXPECT_EQ(peer.received(), framed("hello"));
      EXPECT_TRUE(peer.saw_end_of_stream());
      EXPECT_FALSE(peer.saw_reset());
    }
    for (const session_log& log : server.logs) {
      EXPECT_EQ(log.read_end, errc::shutting_down);
      EXPECT_EQ(log.closed, errc::shutting_down);
    }
    EXPECT_EQ(world.open_descriptors(), 0u);
  }
}

TEST(drain, a_part_of_a_frame_is_not_waited_for) {
  sim::world world(2);
  plain_server server(world);
  sim::peer peer(world, server.where);
  peer.send(framed("whole") + framed("only a part").substr(0, 5));
  ASSERT_TRUE(world.run_for(1s));
  const auto began = world.now();
  EXPECT_EQ(drain(world, server.rt, 10s), 0u);
  EXPECT_LE(world.now() - began, 1s + 50ms);
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(peer.received(), framed("whole"));
  EXPECT_TRUE(peer.saw_end_of_stream());
  EXPECT_EQ(server.logs.front().read_end, errc::shutting_down);
}

TEST(drain, what_cannot_end_is_cut_and_counted_at_the_deadline) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    sim::world world(seed);
    plain_server server(world, [](byte_stream peer, session_log& log) -> task<> {
      const at_end guard(log.ended);
      const auto chunk = co_await peer.read();
      if (chunk && chunk->text() == "flood")
        log.write_end = (co_await peer.write(std::string(60'000, 'x'))).error;
      while (!log.write_end && chunk && chunk->text() == "flood")
        log.write_end = (co_await peer.write(std::string(60'000, 'x'))).error;
      log.read_end = (co_await peer.read()).error();
    });
    std::vector<sim::peer> stuck, idle;
    for (int i = 0; i < 3; ++i) {
      stuck.emplace_back(world, server.where);
      stuck.back().stop_reading();
      stuck.back().send(framed("flood"));
      idle.emplace_back(world, server.where);
      idle.back().send(framed("hello"));
    }
    ASSERT_TRUE(world.run_for(1s));
    const auto began = world.now();
    EXPECT_EQ(drain(world, server.rt, 5s), 3u);
    EXPECT_GE(world.now() - began, 5s);
    EXPECT_LE(world.now() - began, 5s + 50ms);
    EXPECT_EQ(server.rt.connections(), 0u);
    EXPECT_EQ(world.open_descriptors(), 0u);
    EXPECT_EQ(std::ranges::count(server.logs, errc::drain_timeout, &session_log::closed), 3);
    EXPECT_EQ(std::ranges::count(server.logs, errc::shutting_down, &session_log::closed), 3);
    for (const session_log& log : server.logs)
      EXPECT_TRUE(log.ended);
    ASSERT_TRUE(world.run_until_idle());
  }
}

TEST(drain, without_patience_cuts_everything_at_once) {
  sim::world world(3);
  plain_server server(world);
  std::vector<sim::peer> peers;
  for (int i = 0; i < 5; ++i)
    peers.emplace_back(world, server.where);
  ASSERT_TRUE(world.run_for(1s));
  const auto began = world.now();
  const std::size_t cut = drain(world, server.rt, {});
  EXPECT_LE(cut, 5u);
  EXPECT_LE(world.now() - began, 50ms);
  EXPECT_EQ(server.rt.connections(), 0u);
  ASSERT_TRUE(world.run_until_idle());
}

TEST(drain, a_peer_that_floods_does_not_hold_it_up) {
  sim::world world(4);
  plain_server server(world, consume);
  sim::peer peer(world, server.where);
  const std::string block = [] {
    std::string text;
    for (int i = 0; i < 1000; ++i)
      text += framed("flood " + std::to_string(i));
    return text;
  }();
  for (int i = 0; i < 50; ++i)
    peer.send(block);
  ASSERT_TRUE(world.run_for(2ms));
  EXPECT_EQ(drain(world, server.rt, 10s), 0u);
  EXPECT_EQ(server.rt.connections(), 0u);
  ASSERT_TRUE(world.run_until_idle());
}

/// A client that keeps `depth` requests under way until it sees the end of the stream.
class windowed_client {
 public:
  windowed_client(sim::world& world, const net::endpoint& to, std::size_t depth) : end_(world, to) {
    end_.on_received([this](std::string_view) { refill(); });
    for (std::size_t i = 0; i < depth; ++i)
      request();
  }

  /// Answers are those of the first requests, whole and in order, then the end of the stream.
  void expect_served() const {
    EXPECT_TRUE(end_.saw_end_of_stream());
    EXPECT_FALSE(end_.saw_reset());
    EXPECT_TRUE(sent_.starts_with(end_.received()));
  }

  std::size_t answered() const { return unframed(end_.received()).size(); }

  const sim::peer& end() const { return end_; }

 private:
  void refill() {
    while (answered_bytes_ < end_.received_bytes()) {
      const std::size_t length = lengths_[answers_];
      if (answered_bytes_ + length > end_.received_bytes())
        return;
      answered_bytes_ += length;
      ++answers_;
      request();
    }
  }

  void request() {
    const std::string frame = framed("request " + std::to_string(lengths_.size()));
    lengths_.push_back(frame.size());
    sent_ += frame;
    end_.send(frame);
  }

  std::vector<std::size_t> lengths_;
  std::string sent_;
  std::size_t answers_ = 0;
  std::size_t answered_bytes_ = 0;
  sim::peer end_;
};

TEST(drain, of_200_connections_with_4_requests_each_answers_what_was_accepted) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    sim::world world(seed);
    plain_server server(world);
    std::deque<windowed_client> clients;
    for (int i = 0; i < 200; ++i)
      clients.emplace_back(world, server.where, 4);
    ASSERT_TRUE(world.run_for(world.random().between(0ns, net::duration(60ms))));
    const auto began = world.now();
    EXPECT_EQ(drain(world, server.rt, 10s), 0u);
    EXPECT_LE(world.now() - began, 10s);
    ASSERT_TRUE(world.run_until_idle());
    std::size_t served = 0, answered = 0;
    for (const windowed_client& each : clients) {
      if (!each.end().connected() || each.end().saw_reset()) {
        // It stood in the listener's queue, which nobody had accepted it from.
        EXPECT_EQ(each.end().received(), "");
        continue;
      }
      each.expect_served();
      ++served;
      answered += each.answered();
    }
    EXPECT_EQ(served, server.logs.size());
    std::size_t accepted = 0;
    for (const session_log& log : server.logs) {
      EXPECT_EQ(log.closed, errc::shutting_down);
      EXPECT_EQ(log.writes, log.frames.size());
      accepted += log.frames.size();
    }
    EXPECT_EQ(answered, accepted);
    EXPECT_EQ(server.rt.connections(), 0u);
    EXPECT_EQ(world.open_descriptors(), 0u);
  }
}

// The sessions do not read until all requests lie in the sockets' buffers and the drain has begun.
TEST(drain, answers_every_request_whose_last_byte_has_arrived) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    sim::world world(seed);
    std::deque<gate> doors;
    plain_server server(world, [&doors](byte_stream peer, session_log& log) -> task<> {
      co_await doors.emplace_back().pass();
      co_await echo_frames(std::move(peer), log);
    });
    std::string requests;
    for (int i = 0; i < 4; ++i)
      requests += framed("request " + std::to_string(i));
    std::vector<sim::peer> peers;
    for (int i = 0; i < 50; ++i) {
      peers.emplace_back(world, server.where);
      peers.back().send(requests + "\x20 a part");
    }
    ASSERT_TRUE(world.run_for(1s));
    ASSERT_EQ(server.logs.size(), 50u);
    std::optional<std::size_t> cut;
    server.rt.drain(10s, [&cut](std::size_t count) { cut = count; });
    for (std::size_t i = 0; i < doors.size(); ++i)
      ASSERT_TRUE(world.run_on(server.logs[i].ref.control()->home(), [&] { doors[i].open(); }));
    ASSERT_TRUE(world.run_until([&cut] { return cut.has_value(); })) << world;
    EXPECT_EQ(*cut, 0u);
    ASSERT_TRUE(world.run_until_idle());
    for (const sim::peer& peer : peers) {
      EXPECT_EQ(peer.received(), requests);
      EXPECT_TRUE(peer.saw_end_of_stream());
      EXPECT_FALSE(peer.saw_reset());
    }
  }
}

TEST(drain, lets_requests_in_flight_be_answered) {
  sim::world world(5);
  std::vector<in_flight<stream_ref>> held;
  plain_server server(world, [&held](byte_stream peer, session_log& log) -> task<> {
    const at_end guard(log.ended);
    while (co_await peer.read()) {
      auto request = co_await peer.begin_request();
      held.push_back(std::move(*request));
    }
  });
  sim::peer peer(world, server.where);
  peer.send(framed("question"));
  ASSERT_TRUE(world.run_until([&] { return held.size() == 1; })) << world;
  std::optional<std::size_t> cut;
  server.rt.drain(10s, [&cut](std::size_t count) { cut = count; });
  ASSERT_TRUE(world.run_for(3s));
  EXPECT_FALSE(cut.has_value());
  EXPECT_TRUE(held.front()->send(shared("answer")));
  held.clear();
  ASSERT_TRUE(world.run_until([&] { return cut.has_value(); })) << world;
  EXPECT_EQ(*cut, 0u);
  ASSERT_TRUE(world.run_until_idle());
  EXPECT_EQ(peer.received(), framed("answer"));
  EXPECT_TRUE(peer.saw_end_of_stream());
}

}  // namespace
}  // namespace actornet

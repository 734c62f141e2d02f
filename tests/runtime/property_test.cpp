// Whatever the network and the order of things do: each echoed frame arrives once and in order, or
// the connection broke; and at the end nothing is left.

#include "gate.hpp"
#include "sim/seeds.hpp"
#include "simulated_server.hpp"

namespace actornet {
namespace {

struct client {
  client(sim::world& in, const net::endpoint& to, net::framing with) : kind(with), end(in, to) {
    const std::size_t frames = in.random().between(0, 40);
    for (std::size_t i = 0; i < frames; ++i) {
      sent.push_back(std::to_string(i) + ':' +
                     std::string(in.random().below(in.random().chance(0.1) ? 20'000 : 300), 'p'));
      const std::string bytes = framed(sent.back(), kind);
      end.send_in_pieces(bytes, {static_cast<std::size_t>(in.random().below(bytes.size()))},
                         in.random().between(net::duration::zero(), net::duration(3ms)));
      if (in.random().chance(0.3))
        end.wait(in.random().between(net::duration::zero(), net::duration(20ms)));
    }
    if (in.random().chance(0.1))
      end.reset_after(in.random().below(3000));
    else
      end.shutdown_write();
  }

  bool over() const { return end.saw_end_of_stream() || end.closed(); }

  /// What came back is a prefix of what was sent, and all of it when nothing broke.
  void expect_echoed(bool may_break) const {
    const auto received = unframed(end.received(), kind);
    ASSERT_LE(received.size(), sent.size());
    EXPECT_TRUE(std::equal(received.begin(), received.end(), sent.begin()));
    const bool broke = end.saw_reset() || end.connect_error() || !end.saw_end_of_stream();
    if (!broke && !may_break) {
      EXPECT_EQ(received.size(), sent.size());
    }
  }

  net::framing kind;
  std::vector<std::string> sent;
  sim::peer end;
};

struct echo_run {
  explicit echo_run(sim::world& in)
      : kind(in.random().chance(0.5) ? net::framing::delimited : net::framing::length32),
        rt(on(in)) {
    listen_options options = framed_options(kind);
    if (in.random().chance(0.3))
      options.stream.output_high_bytes = in.random().between(1, 5000);
    where = rt.listen(
        "tcp://127.0.0.1:0",
        [this](byte_stream peer) -> task<> {
          session_log& log = logs.emplace_back();
          begin_log(log, peer.ref().control());
          return echo_frames(std::move(peer), log);
        },
        options);
    rt.start();
    const std::size_t count = in.random().between(1, 8);
    for (std::size_t i = 0; i < count; ++i)
      clients.emplace_back(in, where, kind);
  }

  static runtime_options on(sim::world& in) {
    runtime_options options;
    options.loops = in.random().between(1, 3);
    options.backends = in.backends();
    return options;
  }

  void drain(sim::world& in) {
    std::optional<std::size_t> cut;
    rt.drain(60s, [&cut](std::size_t count) { cut = count; });
    ASSERT_TRUE(in.run_until([&cut] { return cut.has_value(); })) << in;
    EXPECT_EQ(rt.connections(), 0u);
    EXPECT_EQ(in.open_descriptors(), 0u);
    for (const session_log& log : logs) {
      EXPECT_TRUE(log.ended);
      EXPECT_NE(log.closed, errc{});
    }
    EXPECT_TRUE(in.run_until_idle()) << in;
  }

  net::framing kind;
  std::deque<session_log> logs;
  runtime rt;
  net::endpoint where;
  std::deque<client> clients;
};

bool all_over(const echo_run& run) {
  return std::ranges::all_of(run.clients, &client::over) && run.rt.connections() == 0;
}

TEST(property, every_frame_is_echoed_once_and_in_order) {
  sim::for_each_seed([](sim::world& world) {
    echo_run run(world);
    ASSERT_TRUE(world.run_until([&] { return all_over(run); })) << world;
    for (const client& each : run.clients)
      each.expect_echoed(false);
    run.drain(world);
  });
}

TEST(property, whatever_goes_wrong_what_is_echoed_is_a_prefix_and_nothing_is_left) {
  sim::options harsh{.faults = sim::faults::harsh()};
  harsh.faults.stall_max = 5s;
  harsh.faults.partition_max = 2s;
  sim::for_each_seed(
      [](sim::world& world) {
        echo_run run(world);
        ASSERT_TRUE(world.run_until([&] { return all_over(run); })) << world;
        for (const client& each : run.clients)
          each.expect_echoed(true);  // a clock that jumps makes limits act
        run.drain(world);
      },
      harsh);
}

TEST(property, a_drain_at_any_time_answers_whole_requests_and_leaves_nothing) {
  sim::for_each_seed([](sim::world& world) {
    echo_run run(world);
    ASSERT_TRUE(world.run_for(world.random().between(net::duration::zero(), net::duration(150ms))));
    run.drain(world);
    ASSERT_TRUE(world.run_until([&] { return std::ranges::all_of(run.clients, &client::over); }))
        << world;
    std::size_t answered = 0, accepted = 0;
    for (const client& each : run.clients) {
      const auto received = unframed(each.end.received(), each.kind);
      EXPECT_TRUE(std::equal(received.begin(), received.end(), each.sent.begin()));
      answered += received.size();
    }
    bool broke = false;  // answers that flew towards a client that reset itself are lost
    for (const client& each : run.clients)
      broke |= !each.end.saw_end_of_stream();
    for (const session_log& log : run.logs) {
      accepted += log.frames.size();
      broke |= log.closed == errc::connection_reset;
    }
    if (!broke) {
      EXPECT_EQ(answered, accepted);
    }
  });
}

/// Sends to a connection from a plain thread, its own loop and another, while things go wrong.
TEST(property, what_references_send_arrives_once_and_in_order_by_sender) {
  sim::for_each_seed([](sim::world& world) {
    std::deque<session_log> logs;
    runtime_options two_loops;
    two_loops.loops = 2;
    two_loops.backends = world.backends();
    runtime rt(two_loops);
    const auto where = rt.listen(
        "tcp://127.0.0.1:0",
        [&logs](byte_stream peer) -> task<> {
          session_log& log = logs.emplace_back();
          begin_log(log, peer.ref().control());
          return consume(std::move(peer), log);
        },
        patient_options());
    rt.start();
    {
      sim::peer end(world, where);
      ASSERT_TRUE(world.run_until([&] { return !logs.empty(); })) << world;
      const stream_ref ref = logs.front().ref;
      std::vector<int> sent(3), taken(3);
      for (int i = 0; i < 100; ++i) {
        const auto from = static_cast<std::size_t>(world.random().below(3));
        const auto send = [&] {
          taken[from] +=
              ref.send(shared(std::to_string(from) + ' ' + std::to_string(sent[from]++))) ? 1 : 0;
        };
        if (from == 0)
          send();
        else
          ASSERT_TRUE(world.run_on(rt.loops().at(from - 1), send));
        if (world.random().chance(0.2)) {
          ASSERT_TRUE(world.run_for(1ms));
        }
      }
      end.shutdown_write();
      ASSERT_TRUE(world.run_until([&] { return end.saw_end_of_stream(); })) << world;
      std::vector<int> next(3);
      for (const std::string& payload : unframed(end.received())) {
        const auto from = static_cast<std::size_t>(payload[0] - '0');
        EXPECT_EQ(std::stoi(payload.substr(2)), next[from]++);
      }
      EXPECT_EQ(next, sent);
      EXPECT_EQ(taken, sent);
    }
    std::optional<std::size_t> cut;
    rt.drain(10s, [&cut](std::size_t count) { cut = count; });
    ASSERT_TRUE(world.run_until([&cut] { return cut.has_value(); })) << world;
    EXPECT_EQ(world.open_descriptors(), 0u);
    EXPECT_TRUE(world.run_until_idle());
  });
}

}  // namespace
}  // namespace actornet

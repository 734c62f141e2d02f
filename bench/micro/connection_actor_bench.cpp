// A CAF message to a connection's typed actor, sent on its own loop: `anon_send(as_actor(ref),
// Echo)` with 16 bytes. The CAF message with its copy of the Echo, the actor's mailbox and turn,
// then what connection_message_bench.cpp measures alone: encoding, and the turn's flush.

#include <actornet/echo/v1/echo.pb.h>
#include <benchmark/benchmark.h>

#include <memory>

#include "actornet/connection.hpp"
#include "actornet/detail/connection_core.hpp"
#include "one_loop.hpp"

namespace actornet::bench {
namespace {

using echo::v1::Echo;

task<> wait_for_messages(connection<Echo, Echo> peer) {
  while (const auto message = co_await peer.receive()) {
  }
}

class caf_sender {
 public:
  explicit caf_sender(std::size_t burst) : burst_(burst) {
    message_.set_payload("sixteen bytes it");
    run(net::entry_of<&caf_sender::connect>(*this));
  }
  ~caf_sender() { run(net::entry_of<&caf_sender::disconnect>(*this)); }

  void turn() { run(net::entry_of<&caf_sender::send>(*this)); }

  std::uint64_t bytes_sent() { return here_.loop().counted.bytes_sent.value(); }
  std::uint64_t frame_bytes() const { return message_.ByteSizeLong() + 1; }

 private:
  void run(net::entry work) {
    here_.loop().enqueue(work);
    here_.turn_until_idle();
  }

  void connect() {
    auto* const core = new detail::connection_core(table_, std::make_unique<null_transport>(),
                                                   options_, net::admission_ticket());
    core->start(wait_for_messages(connection<Echo, Echo>(*core)));
    to_ = as_actor(connection_ref<Echo>(core->control()));
  }

  void disconnect() {
    to_ = interface<void(Echo)>();
    table_.kill_all(errc::closed_locally);
  }

  void send() {
    for (std::size_t i = 0; i < burst_; ++i)
      caf::anon_send(to_, message_);
  }

  const std::size_t burst_;
  const net::stream_options options_;
  one_loop here_;
  detail::connection_table table_{here_.loop()};
  interface<void(Echo)> to_;
  Echo message_;
};

void connection_actor(benchmark::State& state, std::size_t burst) {
  caf_sender from(burst);
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(burst)))
    from.turn();
  const auto messages = static_cast<std::uint64_t>(state.iterations());
  if (from.bytes_sent() != messages * from.frame_bytes())
    state.SkipWithError("not every message was sent");
}

// 64 messages in a turn, for one connection.
void burst(benchmark::State& state) {
  connection_actor(state, 64);
}

// One message in a turn: the loop's turn is part of its cost.
void lone(benchmark::State& state) {
  connection_actor(state, 1);
}

BENCHMARK(burst)->Name("connection_actor/burst");
BENCHMARK(lone)->Name("connection_actor/lone");

}  // namespace
}  // namespace actornet::bench

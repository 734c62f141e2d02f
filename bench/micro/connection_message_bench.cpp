// A message to a connection on its own loop, without CAF: `connection_ref<Echo>::send` of an Echo
// with 16 bytes encodes it into the connection's output queue; the turn's flush gathers what is
// there and the socket takes it (one that forgets it: no system call). The cost per message is that
// of the whole turn over its messages.

#include <actornet/echo/v1/echo.pb.h>
#include <benchmark/benchmark.h>

#include <memory>

#include "actornet/connection.hpp"
#include "actornet/detail/connection_core.hpp"
#include "still_backend.hpp"

namespace actornet::bench {
namespace {

using echo::v1::Echo;

task<> wait_for_messages(connection<Echo, Echo> peer) {
  while (const auto message = co_await peer.receive()) {
  }
}

class sender {
 public:
  explicit sender(std::size_t burst) : burst_(burst) {
    message_.set_payload("sixteen bytes it");
    auto* const core = new detail::connection_core(table_, std::make_unique<null_transport>(),
                                                   options_, net::admission_ticket());
    core->start(wait_for_messages(connection<Echo, Echo>(*core)));
    to_ = connection_ref<Echo>(core->control());
  }
  ~sender() {
    table_.kill_all(errc::closed_locally);
    while (loop_.has_work())
      loop_.turn(false);
  }

  void turn() {
    loop_.enqueue(net::entry_of<&sender::send>(*this));
    loop_.turn(false);
  }

  std::uint64_t refused() const { return refused_; }
  std::uint64_t bytes_sent() const { return loop_.counted.bytes_sent.value(); }
  std::uint64_t frame_bytes() const { return message_.ByteSizeLong() + 1; }

 private:
  void send() {
    for (std::size_t i = 0; i < burst_; ++i)
      if (const auto came = to_.send(message_); !came || *came != delivery::sent)
        ++refused_;
  }

  const std::size_t burst_;
  const net::stream_options options_;
  net::loop loop_{std::make_unique<still_backend>()};
  detail::connection_table table_{loop_};
  connection_ref<Echo> to_;
  Echo message_;
  std::uint64_t refused_ = 0;
};

void connection_message(benchmark::State& state, std::size_t burst) {
  sender from(burst);
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(burst)))
    from.turn();
  const auto messages = static_cast<std::uint64_t>(state.iterations());
  if (from.refused() != 0 || from.bytes_sent() != messages * from.frame_bytes())
    state.SkipWithError("not every message was sent");
}

// 64 messages in a turn, for one connection.
void burst(benchmark::State& state) {
  connection_message(state, 64);
}

// One message in a turn: the loop's turn is part of its cost.
void lone(benchmark::State& state) {
  connection_message(state, 1);
}

BENCHMARK(burst)->Name("connection_message/burst");
BENCHMARK(lone)->Name("connection_message/lone");

}  // namespace
}  // namespace actornet::bench

// Messages between two typed CAF actors on one loop. The sender's `send`, the mailbox, the
// scheduler that is the loop, and the receiver's handler, which counts.

#include <benchmark/benchmark.h>

#include <caf/typed_event_based_actor.hpp>

#include "one_loop.hpp"

namespace actornet::bench {
namespace {

using counting = interface<void(std::uint64_t)>;

// -- burst ----------------------------------------------------------------------------------------

class receiver final : public counting::base {
 public:
  receiver(caf::actor_config& config, std::uint64_t* received)
      : counting::base(config), received_(*received) {}

  behavior_type make_behavior() override {
    return {[this](std::uint64_t) { ++received_; }};
  }

 private:
  std::uint64_t& received_;
};

constexpr std::uint64_t burst_messages = 64;

// For each message that it gets it sends a burst.
class burster final : public counting::base {
 public:
  burster(caf::actor_config& config, counting to) : counting::base(config), to_(std::move(to)) {}

  behavior_type make_behavior() override {
    return {[this](std::uint64_t count) {
      for (std::uint64_t i = 0; i < count; ++i)
        send(to_, i);
    }};
  }

 private:
  const counting to_;
};

// An iteration is one message of a burst of 64 from one actor to the other. What starts the burst,
// one more message, and the loop's turns are part of the cost.
void burst(benchmark::State& state) {
  one_loop here;
  std::uint64_t received = 0;
  const counting to = here.system.spawn<receiver>(&received);
  const counting from = here.system.spawn<burster>(to);
  here.turn_until_idle();
  while (state.KeepRunningBatch(burst_messages)) {
    caf::anon_send(from, burst_messages);
    here.turn_until_idle();
  }
  if (received != static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("not every message was received");
  caf::anon_send_exit(from, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(to, caf::exit_reason::user_shutdown);
  here.turn_until_idle();
}

// -- ping-pong ------------------------------------------------------------------------------------

using playing = interface<void(std::uint64_t), void(caf::strong_actor_ptr)>;

// Returns each ball to its partner until it has flown often enough.
class player final : public playing::base {
 public:
  explicit player(caf::actor_config& config) : playing::base(config) {}

  behavior_type make_behavior() override {
    return {[this](std::uint64_t left) {
              if (left > 0)
                send(partner_, left - 1);
            },
            [this](const caf::strong_actor_ptr& partner) {
              partner_ = caf::actor_cast<playing>(partner);
            }};
  }
  void on_exit() override { partner_ = playing(); }

 private:
  playing partner_;
};

// An iteration is one way; one message is under way at a time.
void ping_pong(benchmark::State& state) {
  constexpr std::uint64_t ways = 1024;
  one_loop here;
  const playing one = here.system.spawn<player>();
  const playing other = here.system.spawn<player>();
  caf::anon_send(one, caf::actor_cast<caf::strong_actor_ptr>(other));
  caf::anon_send(other, caf::actor_cast<caf::strong_actor_ptr>(one));
  here.turn_until_idle();
  while (state.KeepRunningBatch(ways)) {
    caf::anon_send(one, ways - 1);
    here.turn_until_idle();
  }
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
  here.turn_until_idle();
}

BENCHMARK(burst)->Name("caf_message/burst");
BENCHMARK(ping_pong)->Name("caf_message/ping_pong");

}  // namespace
}  // namespace actornet::bench

#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "actornet/sim/peer.hpp"
#include "actornet/sim/world.hpp"
#include "load_run.hpp"

namespace actornet::load {

/// An echo server in a simulated world: what it sends back for received bytes is up to `answer`.
class simulated_server {
 public:
  using answer_function =
      std::function<void(sim::peer& to, std::size_t connection, std::string_view received)>;

  explicit simulated_server(sim::world& in, answer_function answer = echo)
      : listener_(in, {net::endpoint::scheme::tcp, "127.0.0.1", 7411}),
        answer_(std::move(answer)) {}

  static void echo(sim::peer& to, std::size_t, std::string_view received) { to.send(received); }

  void accept_waiting() {
    while (listener_.waiting() > 0) {
      sim::peer& accepted = peers_.emplace_back(listener_.accept());
      accepted.on_received([this, &accepted, index = peers_.size() - 1](std::string_view received) {
        answer_(accepted, index, received);
      });
    }
  }

  std::deque<sim::peer>& peers() noexcept { return peers_; }

 private:
  sim::peer_listener listener_;
  answer_function answer_;
  std::deque<sim::peer> peers_;
};

/// One run of the load against a simulated server.
class simulated_load {
 public:
  simulated_load(std::uint64_t seed, const load_options& options, const sim::faults& faults,
                 simulated_server::answer_function answer = simulated_server::echo)
      : world(seed, {.faults = faults, .steps_max = 20'000'000}),
        server(world, std::move(answer)),
        options_(options),
        loop_(world.make_backend()),
        run(loop_, options_, {options.target}) {}

  /// Runs it to its end. False when the world stood still before.
  [[nodiscard]] bool finish() {
    return world.run_on(loop_, [this] { run.start(); }) && world.run_until([this] {
      server.accept_waiting();
      return run.over();
    });
  }

  const load_results& results() const { return run.results(); }

  sim::world world;
  simulated_server server;

 private:
  const load_options options_;
  net::loop loop_;

 public:
  load_run run;
};

inline load_options simulated_options() {
  load_options options;
  options.uri = "tcp://127.0.0.1:7411";
  options.target = {net::endpoint::scheme::tcp, "127.0.0.1", 7411};
  options.duration = std::chrono::seconds(1);
  return options;
}

}  // namespace actornet::load

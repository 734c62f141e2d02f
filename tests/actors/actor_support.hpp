#pragma once

// Runtimes with actors, simulated and real, and actors made of a lambda.

#include <gtest/gtest.h>

#include <caf/event_based_actor.hpp>
#include <filesystem>
#include <functional>
#include <future>
#include <iterator>
#include <string>
#include <utility>

#include "actornet/caf.hpp"
#include "actornet/runtime.hpp"
#include "actornet/sim/peer.hpp"
#include "actornet/sim/world.hpp"

namespace actornet {

using namespace std::chrono_literals;

/// An actor whose behaviour is given. Class-based: CAF's actors made of functions trouble UBSan.
class scripted_actor final : public caf::event_based_actor {
 public:
  using script = std::function<caf::behavior(caf::event_based_actor* self)>;

  scripted_actor(caf::actor_config& config, script run)
      : event_based_actor(config), run_(std::move(run)) {
    set_default_handler(caf::drop);
  }

  const char* name() const override { return "scripted"; }
  caf::behavior make_behavior() override { return run_(this); }

 private:
  script run_;
};

inline caf::actor spawn(caf::actor_system& in, scripted_actor::script run) {
  return in.spawn<scripted_actor>(std::move(run));
}

inline runtime_options real_loops(std::size_t loops) {
  runtime_options options;
  options.loops = loops;
  return options;
}

inline runtime_options simulated_loops(sim::world& world, std::size_t loops) {
  runtime_options options;
  options.loops = loops;
  options.backends = world.backends();
  return options;
}

/// A world with a runtime in it. Handles to actors must go before it: declare them after it.
struct simulation {
  explicit simulation(std::size_t loops = 2, std::uint64_t seed = 1)
      : world(seed), rt(simulated_loops(world, loops)), system(actors(rt)) {}

  ~simulation() {
    bool over = false;
    rt.drain(1s, [&over](std::size_t) { over = true; });
    EXPECT_TRUE(world.run_until([&over] { return over; })) << world;
    rt.stop();
  }

  void expect(const std::function<bool()>& done) { EXPECT_TRUE(world.run_until(done)) << world; }

  sim::world world;
  runtime rt;
  caf::actor_system& system;
};

/// Waits for @p what to be set on another thread.
template <class T>
T wait_for(std::promise<T>& what) {
  auto value = what.get_future();
  if (value.wait_for(30s) != std::future_status::ready)
    throw std::runtime_error("nothing came within 30 s");
  return value.get();
}

inline std::ptrdiff_t threads_of_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

/// The bytes of a frame of the `delimited` framing, up to 127 bytes of payload.
inline std::string frame(const std::string& payload) {
  return static_cast<char>(payload.size()) + payload;
}

}  // namespace actornet

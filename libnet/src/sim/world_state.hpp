#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "actornet/sim/world.hpp"
#include "backend.hpp"
#include "environment.hpp"
#include "network.hpp"

namespace actornet::sim {

/// Work for a loop, kept until the world ends: it may never run.
struct errand {
  std::function<void()> work;
  bool done = false;

  void run() {
    if (work)
      work();
    done = true;
  }
};

/// The inside of a world: who lives in it and who is next.
class world_state {
 public:
  world_state(std::uint64_t seed, const options& how);
  ~world_state();
  world_state(const world_state&) = delete;
  world_state& operator=(const world_state&) = delete;

  void add(simulated_backend& one) { backends_.push_back(&one); }
  void remove(simulated_backend& one) { std::erase(backends_, &one); }

  /// Whether something can happen without time going on.
  bool ready();

  /// One step, but time goes no further than @p deadline. False when nothing could be done.
  bool step(net::time_point deadline);

  /// Moves the clock; @p jump of it is a fault.
  void go_on_to(net::time_point when, net::duration jump);

  /// Steps until @p done.
  bool run(const std::function<bool()>& done, net::time_point deadline);

  const std::uint64_t seed;
  const std::uint64_t steps_max;
  environment world;
  network net;
  generator test_random;
  std::uint64_t steps = 0;
  std::uint64_t backends_made = 0;
  std::size_t peers = 0;
  stop_reason stopped = stop_reason::none;
  std::deque<errand> errands;

 private:
  void find_ready();
  void find_searching();
  void take_turn(simulated_backend& one, bool may_search);
  void happen();
  bool advance(net::time_point deadline);

  std::vector<simulated_backend*> backends_;  // in the order in which they were made
  std::vector<simulated_backend*> ready_;     // those that can have a turn now
  std::size_t busy_ = 0;                      // of `ready_`: the others may only search for work
  std::size_t next_turn_ = 0;                 // round robin
};

}  // namespace actornet::sim

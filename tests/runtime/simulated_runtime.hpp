#pragma once

#include "actornet/runtime.hpp"
#include "actornet/sim/world.hpp"

namespace actornet {

/// A runtime on the loops of a world, not started.
struct simulated_runtime {
  explicit simulated_runtime(sim::world& in, std::size_t loops = 1)
      : world(in), rt(on(in, loops)) {}

  static runtime_options on(sim::world& in, std::size_t loops) {
    runtime_options options;
    options.loops = loops;
    options.backends = in.backends();
    return options;
  }

  sim::world& world;
  runtime rt;
};

}  // namespace actornet

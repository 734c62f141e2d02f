#pragma once

#include <memory>

#include "actornet/caf.hpp"
#include "still_backend.hpp"

namespace actornet::bench {

/// A runtime with one loop, turned by the benchmark's thread.
struct one_loop {
  one_loop() { rt.start(); }

  net::loop& loop() { return rt.loops().at(0); }
  void turn_until_idle() { rt.loops().turn_until_idle(); }

  runtime rt{[] {
    runtime_options options;
    options.loops = 1;
    options.backends = [](std::size_t) { return std::make_unique<still_backend>(); };
    return options;
  }()};
  caf::actor_system& system = actors(rt);
};

}  // namespace actornet::bench

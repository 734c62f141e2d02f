#pragma once

#include <cstdint>

#include "actornet/sim/faults.hpp"
#include "actornet/sim/random.hpp"
#include "clock_origin.hpp"
#include "event_queue.hpp"
#include "trace.hpp"

namespace actornet::sim {

/// What all parts of one world share: its time, its chance, what is to happen and what happened.
struct environment {
  explicit environment(std::uint64_t seed, const faults& what_goes_wrong)
      : random(seed), chances(what_goes_wrong) {}

  net::time_point now = clock_origin;
  generator random;
  faults chances;
  event_queue events;
  trace log;

  void note(happening kind, std::uint64_t id, std::uint64_t side = 0, std::uint64_t count = 0,
            std::uint64_t content = 0) {
    log.note(now, kind, id, side, count, content);
  }

  /// How long the next thing on the wire travels.
  net::duration delay() { return random.between(chances.delay_min, chances.delay_max); }

  /// All of @p bytes, or with the probability of fragments fewer (at least one).
  std::size_t fragment(std::size_t bytes) {
    if (bytes < 2 || !random.chance(chances.fragment_probability))
      return bytes;
    return random.below(4) == 0 ? 1 : random.between(1, bytes - 1);
  }
};

}  // namespace actornet::sim

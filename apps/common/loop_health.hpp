#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "actornet/net/multiplexer.hpp"

namespace actornet::apps {

/// Tells whether a loop hangs: it was found in one and the same turn by two looks that lie
/// `stuck_after` or more apart. Reads what loops write anyway, so it costs them nothing.
class loop_health {
 public:
  static constexpr net::duration stuck_after = std::chrono::seconds(10);

  explicit loop_health(net::multiplexer& loops) : loops_(loops), seen_(loops.size()) {}

  /// Looks; the index of a loop that hangs. Not thread-safe.
  std::optional<std::size_t> find_stuck(net::time_point now);

 private:
  struct turn {
    std::uint64_t number = 0;
    net::time_point first_seen{};
  };

  net::multiplexer& loops_;
  std::vector<turn> seen_;  // by loop
};

}  // namespace actornet::apps

#pragma once

#include <cmath>
#include <cstdint>

#include "actornet/net/clock.hpp"

namespace actornet::load {

/// When the messages of an open loop are due: evenly at a rate, in turn on all connections,
/// whatever the server does. Latency counts from then on, not from when a message could be sent: a
/// server that stalls for a second has made all messages of that second wait ("coordinated
/// omission" is to forget them: Gil Tene, "How NOT to measure latency").
class rate_schedule {
 public:
  rate_schedule(double messages_per_second, std::uint64_t connections) noexcept
      : interval_ns_(1e9 / messages_per_second), connections_(connections) {}

  void begin(net::time_point at) noexcept { begin_ = at; }

  /// When message @p index of the run is due.
  net::time_point due(std::uint64_t index) const noexcept {
    return begin_ + net::duration(std::llround(static_cast<double>(index) * interval_ns_));
  }

  /// The connection that message @p index of the run is for.
  std::uint64_t connection_of(std::uint64_t index) const noexcept { return index % connections_; }

  /// When message @p turn of @p connection is due.
  net::time_point due(std::uint64_t connection, std::uint64_t turn) const noexcept {
    return due(turn * connections_ + connection);
  }

 private:
  double interval_ns_;
  std::uint64_t connections_;
  net::time_point begin_{};
};

}  // namespace actornet::load

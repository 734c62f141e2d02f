#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "latency_histogram.hpp"
#include "server_watch.hpp"

namespace actornet::load {

/// What a run came to.
struct load_results : server_figures {
  static constexpr std::size_t complaints_max = 5;

  /// Why nothing could be measured, in a line; the rest says nothing then.
  std::optional<std::string> not_begun;

  std::uint64_t messages = 0;           ///< answers that came in the measured time
  std::chrono::nanoseconds measured{};  ///< length of that time
  latency_histogram latency;            ///< ns, of messages that were due in that time
  latency_histogram lateness;           ///< ns, of our own sending; open loop only
  std::uint64_t errors = 0;             ///< lost connections and unanswered messages
  std::vector<std::string> complaints;  ///< the first errors, a line each

  double messages_per_second() const noexcept {
    const double seconds = std::chrono::duration<double>(measured).count();
    return seconds > 0 ? static_cast<double>(messages) / seconds : 0;
  }

  std::optional<double> bytes_per_connection(std::uint32_t connections) const noexcept {
    if (!server_bytes_before || !server_bytes)
      return std::nullopt;
    return (static_cast<double>(*server_bytes) - static_cast<double>(*server_bytes_before)) /
           connections;
  }
};

}  // namespace actornet::load

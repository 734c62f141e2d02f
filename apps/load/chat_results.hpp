#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "latency_histogram.hpp"
#include "server_watch.hpp"

namespace actornet::load {

/// What was wrong, or left out, in what members were told. Summed over members.
struct chat_counts {
  std::uint64_t lost = 0;       ///< messages that were skipped, or did not come to the end
  std::uint64_t doubled = 0;    ///< messages that came once more
  std::uint64_t reordered = 0;  ///< messages that came after a later one
  std::uint64_t wrong = 0;      ///< other content than was published, or than another member got
  std::uint64_t gaps = 0;       ///< gap events; no errors
  std::uint64_t gap_messages = 0;

  bool in_order() const noexcept { return lost + doubled + reordered + wrong == 0; }
};

/// What a run came to.
struct chat_results : server_figures {
  static constexpr std::size_t complaints_max = 5;

  /// Why nothing could be measured, in a line; the rest says nothing then.
  std::optional<std::string> not_begun;

  std::uint64_t published = 0;         ///< in the measured time
  std::uint64_t deliveries = 0;        ///< Message events in the measured time, stalled ones' not
  std::uint64_t deliveries_total = 0;  ///< since the beginning
  std::chrono::nanoseconds measured{};
  latency_histogram latency;   ///< ns, due to delivery, of messages that were due in that time
  latency_histogram lateness;  ///< ns, of our own publishing; open loop only

  chat_counts counts;
  std::uint64_t refused = 0;            ///< commands that were answered by a failure
  std::uint64_t unacknowledged = 0;     ///< publishes without an answer
  std::uint64_t lost_connections = 0;   ///< of members that read
  std::uint64_t stalled_closed = 0;     ///< of members that did not, by the server
  std::vector<std::string> complaints;  ///< the first errors, a line each

  std::uint64_t errors() const noexcept {
    return counts.lost + counts.doubled + counts.reordered + counts.wrong + refused +
           unacknowledged + lost_connections;
  }

  double deliveries_per_second() const noexcept {
    const double seconds = std::chrono::duration<double>(measured).count();
    return seconds > 0 ? static_cast<double>(deliveries) / seconds : 0;
  }
};

}  // namespace actornet::load

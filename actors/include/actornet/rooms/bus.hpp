#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "actornet/net/output_queue.hpp"
#include "actornet/result.hpp"
#include "actornet/rooms/subscription.hpp"

namespace actornet::rooms {

/// Hears a subject. Called on the loop that subscribed, never inside a call of the bus.
class bus_sink {
 public:
  virtual void on_published(const net::shared_bytes& payload) = 0;

  /// So many payloads were left out here: they came faster than this loop took them.
  virtual void on_lagged(std::uint64_t lost) = 0;

 protected:
  ~bus_sink() = default;
};

/// Payloads to whoever hears a subject now: at most once, in order for one publisher (loop) and
/// subject, nothing is kept. Thread-safe: every call from the turn of any loop.
class bus {
 public:
  static constexpr std::size_t subject_bytes_max = 1024;
  static constexpr std::size_t payload_bytes_max = 64 * 1024;

  virtual ~bus() = default;

  /// Errors: `message_too_large` (either limit), `mailbox_full` (the bus cannot take more now),
  /// `unavailable`. Success says nothing about who hears it.
  virtual result<void> publish(std::string_view subject, const net::shared_bytes& payload) = 0;

  /// Has @p sink hear @p subject until the subscription is destroyed.
  virtual subscription subscribe(std::string_view subject, bus_sink& sink) = 0;
};

}  // namespace actornet::rooms

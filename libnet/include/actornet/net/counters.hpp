#pragma once

#include <atomic>
#include <cstdint>

namespace actornet::net {

/// A number that one thread writes and any thread may read. Adding is a plain load and store, not
/// an atomic read-modify-write: a shared cell costs several times more once a second thread writes.
class counter {
 public:
  void add(std::uint64_t amount = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// What a loop counted since it began. Sum the loops' cells to get the process's figures.
struct counters {
  counter connections_opened;
  counter connections_closed;
  counter connections_failed;  ///< closed for a reason other than an orderly end
  counter frames_received;
  counter frames_sent;
  counter bytes_received;
  counter bytes_sent;
  counter messages_dropped;     ///< by an overflow policy
  counter messages_rejected;    ///< refused by a bounded queue
  counter accepts_failed;       ///< errors of accept, descriptors exhausted among them
  counter connections_refused;  ///< closed at once because of a listener's limits
};

}  // namespace actornet::net

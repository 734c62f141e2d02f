#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "actornet/result.hpp"

namespace actornet::net {

class admission;

/// The right of one connection to exist; gives its place back when destroyed. Must not outlive its
/// `admission`. Movable between threads.
class admission_ticket {
 public:
  admission_ticket() noexcept = default;
  admission_ticket(admission_ticket&& other) noexcept
      : from_(std::exchange(other.from_, nullptr)),
        address_(std::exchange(other.address_, nullptr)) {}
  admission_ticket& operator=(admission_ticket&& other) noexcept {
    std::swap(from_, other.from_);
    std::swap(address_, other.address_);
    return *this;
  }
  ~admission_ticket();

 private:
  friend class admission;
  using address_count = std::pair<const std::string, std::size_t>;
  admission_ticket(admission& from, address_count* address) noexcept
      : from_(&from), address_(address) {}

  admission* from_ = nullptr;
  address_count* address_ = nullptr;
};

/// How many connections a listener lets live at a time, in all and per peer address. Thread-safe.
class admission {
 public:
  /// 0 means no limit.
  admission(std::size_t connections_max, std::size_t connections_per_address_max) noexcept
      : connections_max_(connections_max), per_address_max_(connections_per_address_max) {}

  /// A place for a connection from @p address (empty: not counted per address). Errors:
  /// `connections_exhausted`.
  result<admission_ticket> enter(const std::string& address);

  std::size_t connections() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  friend class admission_ticket;
  void leave(admission_ticket::address_count* address) noexcept;

  const std::size_t connections_max_;
  const std::size_t per_address_max_;
  std::atomic<std::size_t> count_{0};
  std::mutex mutex_;
  std::map<std::string, std::size_t> by_address_;  // only with a limit per address
};

}  // namespace actornet::net

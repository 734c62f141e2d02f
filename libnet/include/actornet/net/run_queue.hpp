#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "actornet/net/entry.hpp"

namespace actornet::net {

/// A first-in, first-out ring of entries that grows by doubling. Its length is bounded by its
/// users: each connection, task and actor stands in it at most once. Not thread-safe.
class run_queue {
 public:
  bool empty() const noexcept { return begin_ == end_; }
  std::size_t size() const noexcept { return end_ - begin_; }

  void push(entry work) {
    if (size() == ring_.size())
      grow();
    ring_[end_++ & mask()] = work;
  }

  /// The oldest entry. @pre not empty
  entry pop() noexcept { return ring_[begin_++ & mask()]; }

  /// Brings the entry at @p position (0 is the oldest) to the front: a simulator's choice of order.
  void bring_forward(std::size_t position) noexcept {
    std::swap(ring_[begin_ & mask()], ring_[(begin_ + position) & mask()]);
  }

 private:
  std::size_t mask() const noexcept { return ring_.size() - 1; }

  void grow() {
    std::vector<entry> larger(ring_.empty() ? 64 : ring_.size() * 2);
    const std::size_t count = size();
    for (std::size_t i = 0; i < count; ++i)
      larger[i] = ring_[(begin_ + i) & mask()];
    ring_ = std::move(larger);
    begin_ = 0;
    end_ = count;
  }

  std::vector<entry> ring_;  // a power of two
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace actornet::net

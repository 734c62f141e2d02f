#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "actornet/net/clock.hpp"

namespace actornet::sim {

/// What will happen in a world and when. Events of the same time happen in the order in which they
/// were planned.
class event_queue {
 public:
  using action = std::function<void()>;

  void plan(net::time_point when, action what) {
    events_.push_back({when, next_number_++, std::move(what)});
    std::push_heap(events_.begin(), events_.end(), later);
  }

  bool empty() const noexcept { return events_.empty(); }
  std::size_t size() const noexcept { return events_.size(); }

  /// `never` when nothing is planned.
  net::time_point next() const noexcept { return empty() ? net::never : events_.front().when; }

  /// Takes the next event out; the caller runs it. @pre not empty
  action take() {
    std::pop_heap(events_.begin(), events_.end(), later);
    action what = std::move(events_.back().what);
    events_.pop_back();
    return what;
  }

  /// Drops all events; what they hold is destroyed and may plan new ones, which are dropped too.
  void clear() {
    while (!events_.empty())
      std::exchange(events_, {});
  }

 private:
  struct event {
    net::time_point when;
    std::uint64_t number;
    action what;
  };

  static bool later(const event& one, const event& other) noexcept {
    return std::pair(one.when, one.number) > std::pair(other.when, other.number);
  }

  std::vector<event> events_;  // a heap
  std::uint64_t next_number_ = 0;
};

}  // namespace actornet::sim

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>

#include "actornet/net/clock.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::cluster::detail {

/// Work for later on one loop. What is in the same lane keeps its order; lane 0 has none.
/// Loop-bound; it does not bound itself: who pushes does.
class delay_line {
 public:
  explicit delay_line(net::loop& home) : home_(home) {}

  void push(net::time_point due, std::uint64_t lane, std::function<void()> work);

  /// Whether nothing waits in this lane.
  bool idle(std::uint64_t lane) const { return !last_.contains(lane); }
  std::size_t size() const noexcept { return waiting_.size(); }

 private:
  struct piece {
    std::uint64_t lane;
    std::function<void()> work;
  };
  struct lane_end {
    net::time_point due;
    std::size_t waiting = 0;
  };

  void on_due();
  void leave(std::uint64_t lane);

  net::loop& home_;
  std::multimap<net::time_point, piece> waiting_;
  std::unordered_map<std::uint64_t, lane_end> last_;  // of lanes in which something waits
  net::timer timer_{net::entry_of<&delay_line::on_due>(*this)};
};

}  // namespace actornet::cluster::detail

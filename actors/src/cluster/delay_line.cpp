#include "actornet/cluster/detail/delay_line.hpp"

#include <algorithm>

namespace actornet::cluster::detail {

void delay_line::push(net::time_point due, std::uint64_t lane, std::function<void()> work) {
  if (lane != 0) {
    lane_end& last = last_[lane];
    last.due = due = std::max(last.due, due);
    ++last.waiting;
  }
  const auto added = waiting_.emplace(due, piece{lane, std::move(work)});
  if (added == waiting_.begin())
    home_.timers().arm(timer_, due);
}

void delay_line::on_due() {
  const net::time_point now = home_.now();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const auto next = waiting_.extract(waiting_.begin());
    next.mapped().work();
    leave(next.mapped().lane);
  }
  if (!waiting_.empty())
    home_.timers().arm(timer_, waiting_.begin()->first);
}

// After the work: what it pushes into its own lane comes behind the rest.
void delay_line::leave(std::uint64_t lane) {
  if (const auto found = last_.find(lane); found != last_.end() && --found->second.waiting == 0)
    last_.erase(found);
}

}  // namespace actornet::cluster::detail

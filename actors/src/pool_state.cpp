#include "actornet/detail/pool_state.hpp"

#include <algorithm>
#include <cassert>

namespace actornet::detail {

namespace {

pool_limits without_heartbeat(pool_limits limits) {
  limits.heartbeat_every = {};
  return limits;
}

}  // namespace

pool_state::pool_state(net::multiplexer& loops, std::string uri, const pool_limits& limits,
                       dial_options how, bool has_reset, bool has_heartbeat)
    : uri_(std::move(uri)),
      limits_(has_heartbeat ? limits : without_heartbeat(limits)),
      how_(std::make_shared<const dial_options>(std::move(how))),
      has_reset_(has_reset) {
  assert(limits.open_max > 0);
  for (std::size_t i = 0; i < loops.size(); ++i)
    parts_.push_back(std::make_unique<pool_part>(*this, loops.at(i)));
}

pool_state::~pool_state() = default;

pool_part& pool_state::part_of(const net::loop& here) {
  assert(&parts_[here.index()]->home() == &here && "a pool is used on its runtime's loops");
  return *parts_[here.index()];
}

void pool_state::close() {
  closed_.store(true, std::memory_order_relaxed);
  for (const auto& part : parts_)
    if (part->in_use())
      part->post_close();
}

pool_statistics pool_state::statistics() const {
  pool_statistics sum;
  {
    const std::lock_guard guard(mutex_);
    sum.open = open_;
  }
  for (const auto& part : parts_) {
    const auto& counted = part->counted;
    sum.idle += counted.idle.value();
    sum.leased += counted.leased.value();
    sum.waiting += counted.waiting.value();
    sum.leases += counted.leases.value();
    sum.waited += counted.waited.value();
    sum.timed_out += counted.timed_out.value();
    sum.created += counted.created.value();
    sum.failed += counted.failed.value();
    for (std::size_t why = 0; why < sum.discarded.size(); ++why)
      sum.discarded[why] += counted.discarded[why].value();
  }
  return sum;
}

// -- places ---------------------------------------------------------------------------------------

pool_state::place pool_state::take_place(pool_part& part, net::time_point now, bool may_wait) {
  const std::lock_guard guard(mutex_);
  if (queue_.empty() && open_ < limits_.open_max) {
    ++open_;
    return place::taken;
  }
  if (!may_wait)
    return place::refused;
  queue_.push_back({&part, now});
  queued_.store(queue_.size(), std::memory_order_relaxed);
  return place::queued;
}

void pool_state::free_place() {
  pool_part* next = nullptr;
  {
    const std::lock_guard guard(mutex_);
    if (queue_.empty()) {
      --open_;
      return;
    }
    next = queue_.front().part;
    queue_.pop_front();
    queued_.store(queue_.size(), std::memory_order_relaxed);
  }
  next->post_place();
}

// When there is nothing to take out, a place is on its way to the part, which passes it on.
void pool_state::leave_queue(pool_part& part) {
  const std::lock_guard guard(mutex_);
  const auto last = std::find_if(queue_.rbegin(), queue_.rend(),
                                 [&part](const waiting_part& each) { return each.part == &part; });
  if (last == queue_.rend())
    return;
  queue_.erase(std::next(last).base());
  queued_.store(queue_.size(), std::memory_order_relaxed);
}

bool pool_state::others_come_first(const pool_part& here, net::time_point since) const {
  const std::lock_guard guard(mutex_);
  return !queue_.empty() && queue_.front().part != &here &&
         net::deadline_after(queue_.front().since, limits_.other_loops_wait_max) < since;
}

void pool_state::ask_others(const pool_part& here) {
  for (const auto& part : parts_)
    if (part.get() != &here && part->in_use())
      part->post_asked();
}

}  // namespace actornet::detail

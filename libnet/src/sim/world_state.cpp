#include "world_state.hpp"

#include <algorithm>
#include <cassert>

namespace actornet::sim {

world_state::world_state(std::uint64_t with_seed, const options& how)
    : seed(with_seed),
      steps_max(how.steps_max),
      world(with_seed, how.faults),
      net(world),
      test_random(world.random.fork()) {
  net.names["localhost"] = {home_address};
}

world_state::~world_state() {
  assert(backends_.empty() && "a loop outlives its world");
  assert(peers == 0 && "a peer outlives its world");
  net.forget_parked();
  world.events.clear();
}

// -- who is next ----------------------------------------------------------------------------------

void world_state::find_ready() {
  ready_.clear();
  for (simulated_backend* one : backends_)
    if (one->has_something_to_do())
      ready_.push_back(one);
  busy_ = ready_.size();
}

// Loops with nothing to do look for work of a sibling that has waited long enough to be shared.
void world_state::find_searching() {
  const bool shares = std::ranges::any_of(ready_, [this](const simulated_backend* one) {
    const net::time_point since = one->owner()->shared_since();
    return since != net::never && since + net::loop::share_after <= world.now;
  });
  if (!shares)
    return;
  for (simulated_backend* one : backends_)
    if (one->owner() && !one->has_something_to_do())
      ready_.push_back(one);
}

bool world_state::ready() {
  return world.events.next() <= world.now ||
         std::ranges::any_of(backends_, &simulated_backend::has_something_to_do);
}

// -- steps ----------------------------------------------------------------------------------------

bool world_state::step(net::time_point deadline) {
  find_ready();
  find_searching();
  const bool event_due = world.events.next() <= world.now;
  const std::size_t candidates = ready_.size() + (event_due ? 1 : 0);
  if (candidates == 0)
    return advance(deadline);
  ++steps;
  std::size_t choice = 0;
  if (world.chances.shuffle)
    choice = static_cast<std::size_t>(world.random.below(candidates));
  else
    choice = event_due ? ready_.size() : next_turn_++ % ready_.size();
  if (choice == ready_.size())
    happen();
  else
    take_turn(*ready_[choice], choice >= busy_);
  return true;
}

void world_state::take_turn(simulated_backend& one, bool may_search) {
  world.note(happening::turn, one.id(), 0, may_search ? 1 : 0);
  one.owner()->turn(may_search);
  world.now += world.random.between(net::duration::zero(), world.chances.turn_max);
}

void world_state::happen() {
  world.events.take()();
}

bool world_state::advance(net::time_point deadline) {
  net::time_point next = world.events.next();
  for (const simulated_backend* one : backends_)
    if (one->owner())
      next = std::min(next, one->owner()->timers().next_look());
  if (next > deadline || next == net::never) {
    stopped = next == net::never ? stop_reason::idle : stop_reason::deadline;
    if (deadline != net::never)
      go_on_to(deadline, {});
    return false;
  }
  net::duration jump{};
  if (world.random.chance(world.chances.clock_jump_probability))
    jump = world.random.between(net::duration::zero(), world.chances.clock_jump_max);
  go_on_to(next + jump, jump);
  return true;
}

void world_state::go_on_to(net::time_point when, net::duration jump) {
  const net::duration passed = when - world.now;
  world.now = when;
  world.note(happening::time, 0, 0, static_cast<std::uint64_t>(passed.count()),
             static_cast<std::uint64_t>(jump.count()));
}

bool world_state::run(const std::function<bool()>& done, net::time_point deadline) {
  const std::uint64_t steps_end = steps + steps_max;
  for (;;) {
    if (done()) {
      stopped = stop_reason::reached;
      return true;
    }
    if (world.now >= deadline) {
      stopped = stop_reason::deadline;
      return false;
    }
    if (steps >= steps_end) {
      stopped = stop_reason::livelock;
      return false;
    }
    if (!step(deadline))
      return false;
  }
}

}  // namespace actornet::sim

#include "actornet/net/watchdog.hpp"

#include "actornet/log.hpp"

namespace actornet::net {

namespace {

void log_stall(std::size_t loop_index, const char* name) {
  log(log_level::warning, "loop " + std::to_string(loop_index) + " is stalled" +
                              (name ? std::string(" by ") + name : std::string()));
}

}  // namespace

watchdog::watchdog(multiplexer& watched, duration budget, reporter report)
    : watched_(watched),
      budget_(budget),
      report_(report ? std::move(report) : log_stall),
      seen_(watched.size()),
      thread_([this] { run(); }) {}

watchdog::~watchdog() {
  {
    const std::lock_guard guard(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  thread_.join();
  for (std::size_t i = 0; i < watched_.size(); ++i)
    watched_.at(i).notify_on_wake(nullptr);
}

// Called on a loop that wakes up while the watchdog is parked.
void watchdog::on_wake() {
  const std::lock_guard guard(mutex_);
  parked_ = false;
  changed_.notify_all();
}

void watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (look()) {
      changed_.wait_for(lock, budget_ / 2, [this] { return stop_; });
      continue;
    }
    // All loops slept through a whole period: ask them to call, and look once more, because one
    // may have woken before it was asked.
    parked_ = true;
    for (std::size_t i = 0; i < watched_.size(); ++i)
      watched_.at(i).notify_on_wake(this);
    if (look())
      parked_ = false;
    changed_.wait(lock, [this] { return stop_ || !parked_; });
  }
}

// True when some loop is awake or was since the last look.
bool watchdog::look() {
  bool active = false;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    loop& one = watched_.at(i);
    const std::uint64_t turns = one.turns();
    const bool asleep = turns % 2 == 1;
    seen& before = seen_[i];
    active = active || !asleep || turns != before.turns;
    if (turns != before.turns)
      before = {turns, 0};
    else if (!asleep && ++before.looks == looks_per_budget)
      report_(i, one.label());
  }
  return active;
}

}  // namespace actornet::net

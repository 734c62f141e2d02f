#include "node_watchers.hpp"

#include <utility>

namespace actornet::cluster::detail {

void node_watcher::up(const seen_life& now) {
  const std::lock_guard guard(mutex_);
  place& of = places_[now.node.name];
  of.now = now;
  tell_later(now.node.name, of);
}

void node_watcher::down(const std::string& name, down_reason why) {
  const std::lock_guard guard(mutex_);
  place& of = places_[name];
  of.now.reset();
  if (of.told && !of.why)
    of.why = why;
  tell_later(name, of);
}

void node_watcher::changed(const node_info& node) {
  const std::lock_guard guard(mutex_);
  place& of = places_[node.name];
  of.now->node = node;
  of.changed = true;
  tell_later(node.name, of);
}

void node_watcher::tell_later(const std::string& name, place& of) {
  if (!std::exchange(of.waiting, true))
    box_.push([self = shared_from_this(), name] { self->tell(name); });
}

void node_watcher::tell(const std::string& name) {
  std::optional<seen_life> gone;
  std::optional<seen_life> come;
  std::optional<node_info> changed;
  down_reason why{};
  {
    const std::lock_guard guard(mutex_);
    place& of = places_[name];
    of.waiting = false;
    const bool same = of.told && of.now && of.told->number == of.now->number;
    if (same && of.changed)
      changed = of.now->node;
    if (of.told && !same) {
      gone = std::move(of.told);
      why = *of.why;
    }
    if (of.now && !same)
      come = of.now;
    of.told = of.now;
    of.why.reset();
    of.changed = false;
    if (!of.told)
      places_.erase(name);
  }
  // A sink may end its subscription in any of these calls.
  if (sink_ && gone)
    sink_->on_down(gone->node, why);
  if (sink_ && come)
    sink_->on_up(come->node);
  if (sink_ && changed)
    sink_->on_changed(*changed);
}

void standing_watcher::is(standing now, const std::string& why) {
  const std::lock_guard guard(mutex_);
  if (!next_)
    box_.push([self = shared_from_this()] { self->tell(); });
  next_.emplace(now, why);
}

void standing_watcher::tell() {
  std::pair<standing, std::string> now;
  {
    const std::lock_guard guard(mutex_);
    now = *std::exchange(next_, std::nullopt);
  }
  if (sink_)
    sink_->on_standing(now.first, now.second);
}

}  // namespace actornet::cluster::detail

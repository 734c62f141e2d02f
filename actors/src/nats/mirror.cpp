#include "mirror.hpp"

namespace actornet::nats {

void mirror::apply(const record& what) {
  if (const auto gone = absent_.find(what.key); gone != absent_.end()) {
    gone->second.round = round_;
    if (what.revision <= gone->second.revision) {
      if (gone->second.by_lease && what.revision == gone->second.revision)
        told_(what.key, what.revision);  // it was to be removed, but is there
      return;
    }
    absent_.erase(gone);
  }
  const auto here = present_.find(what.key);
  if (here != present_.end()) {
    here->second.round = round_;
    if (what.revision <= here->second.entry.revision)
      return;
  }
  if (!what.removed)
    put(what);
  else if (here != present_.end())
    drop(here, {what.revision, false, round_});
  else
    absent_.insert_or_assign(what.key, absent{what.revision, false, round_});
}

void mirror::put(const record& what) {
  if (present_.size() >= keys_max_ && !present_.contains(what.key))
    return;
  const auto here = present_.try_emplace(what.key).first;
  leases_.erase({here->second.lease, here->first});
  here->second = {{what.value, what.revision}, net::never, round_};
  if (what.lease != net::duration::zero()) {
    here->second.lease = net::deadline_after(home_.now(), what.lease);
    leases_.emplace(here->second.lease, here->first);
    arm();
  }
  tell(here->first, here->second.entry);
}

void mirror::drop(entries::iterator gone, absent because) {
  leases_.erase({gone->second.lease, gone->first});
  tell(gone->first, {});
  absent_.insert_or_assign(gone->first, because);
  present_.erase(gone);
}

void mirror::end_listing() {
  for (auto each = present_.begin(); each != present_.end();) {
    const auto next = std::next(each);
    if (each->second.round != round_)
      drop(each, {each->second.entry.revision, false, 0});
    each = next;
  }
  // What the list does not have any more is not told late: see who listens.
  std::erase_if(absent_, [this](const auto& each) {
    return !each.second.by_lease || each.second.round != round_;
  });
}

std::uint64_t mirror::ended(std::string_view key) const {
  const auto gone = absent_.find(key);
  return gone != absent_.end() && gone->second.by_lease ? gone->second.revision : 0;
}

void mirror::watch(const watcher_ref& added) {
  for (const auto& [key, here] : present_)
    added->change(key, here.entry);
  watchers_.push_back(added);
}

void mirror::tell(const std::string& key, const cluster::directory_entry& now) {
  for (const auto& each : watchers_)
    each->change(key, now);
}

void mirror::on_lease_end() {
  while (!leases_.empty() && leases_.begin()->first <= home_.now()) {
    const std::string key = leases_.begin()->second;
    const auto gone = present_.find(key);
    const std::uint64_t revision = gone->second.entry.revision;
    drop(gone, {revision, true, round_});
    told_(key, revision);
  }
  arm();
}

void mirror::arm() {
  home_.timers().arm(lease_end_, leases_.empty() ? net::never : leases_.begin()->first);
}

}  // namespace actornet::nats

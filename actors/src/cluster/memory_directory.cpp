#include "actornet/cluster/memory_directory.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "directory_watcher.hpp"

namespace actornet::cluster {

using watcher = detail::directory_watcher;

class memory_directory::state {
 public:
  explicit state(net::loop& home) : home_(home), wheel_box_(home) {}

  result<std::uint64_t> put(std::string_view key, std::string value, std::uint64_t expected,
                            net::duration time_to_live, net::time_point now);
  result<std::uint64_t> remove(std::string_view key, std::uint64_t expected);
  result<directory_entry> get(std::string_view key) const;
  void watch(const std::shared_ptr<watcher>& added);
  void unwatch(const std::shared_ptr<watcher>& gone);

  detail::mailboxes boxes;

 private:
  struct kept {
    directory_entry entry;
    net::time_point lease = net::never;
  };
  using entries = std::map<std::string, kept, std::less<>>;

  void erase(entries::iterator gone);
  void drop_lease(const entries::iterator& of);
  void arm();
  void on_lease_end();

  net::loop& home_;
  mutable std::mutex mutex_;  // guards all below, except the timer
  std::uint64_t revision_ = 0;
  entries entries_;
  std::multimap<net::time_point, std::string> leases_;
  net::time_point armed_for_ = net::never;
  std::vector<std::shared_ptr<watcher>> watchers_;
  detail::mailbox wheel_box_;  // the timer is the home loop's
  net::timer lease_end_{net::entry_of<&state::on_lease_end>(*this)};
};

result<std::uint64_t> memory_directory::state::put(std::string_view key, std::string value,
                                                   std::uint64_t expected,
                                                   net::duration time_to_live,
                                                   net::time_point now) {
  if (key.empty())
    return errc::name_invalid;
  if (key.size() > key_bytes_max || value.size() > value_bytes_max)
    return errc::message_too_large;
  const std::lock_guard guard(mutex_);
  auto found = entries_.find(key);
  const std::uint64_t present = found == entries_.end() ? 0 : found->second.entry.revision;
  if (expected != any_revision && expected != present)
    return errc::wrong_revision;
  if (found == entries_.end()) {
    if (entries_.size() >= keys_max)
      return errc::unavailable;
    found = entries_.emplace(std::string(key), kept()).first;
  }
  drop_lease(found);
  found->second = {{std::move(value), ++revision_}, net::never};
  if (time_to_live != net::duration::zero()) {
    found->second.lease = net::deadline_after(now, time_to_live);
    leases_.emplace(found->second.lease, found->first);
    arm();
  }
  for (const auto& each : watchers_)
    each->change(found->first, found->second.entry);
  return revision_;
}

result<std::uint64_t> memory_directory::state::remove(std::string_view key,
                                                      std::uint64_t expected) {
  const std::lock_guard guard(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end())
    return errc::not_found;
  const std::uint64_t present = found->second.entry.revision;
  if (expected != any_revision && expected != present)
    return errc::wrong_revision;
  erase(found);
  return present;
}

result<directory_entry> memory_directory::state::get(std::string_view key) const {
  const std::lock_guard guard(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end())
    return errc::not_found;
  return found->second.entry;
}

void memory_directory::state::watch(const std::shared_ptr<watcher>& added) {
  const std::lock_guard guard(mutex_);
  for (const auto& [key, present] : entries_)
    added->change(key, present.entry);
  watchers_.push_back(added);
}

void memory_directory::state::unwatch(const std::shared_ptr<watcher>& gone) {
  gone->end();
  const std::lock_guard guard(mutex_);
  std::erase(watchers_, gone);
}

void memory_directory::state::erase(entries::iterator gone) {
  for (const auto& each : watchers_)
    each->change(gone->first, {});
  drop_lease(gone);
  entries_.erase(gone);
}

void memory_directory::state::drop_lease(const entries::iterator& of) {
  auto [each, end] = leases_.equal_range(of->second.lease);
  for (; each != end; ++each)
    if (each->second == of->first) {
      leases_.erase(each);
      return;
    }
}

// Under the mutex. A timer that fires too early looks again.
void memory_directory::state::arm() {
  if (leases_.empty() || leases_.begin()->first >= armed_for_)
    return;
  armed_for_ = leases_.begin()->first;
  wheel_box_.push([this] { on_lease_end(); });
}

// On the home loop: what is due goes, and the timer is armed for the next.
void memory_directory::state::on_lease_end() {
  const std::lock_guard guard(mutex_);
  while (!leases_.empty() && leases_.begin()->first <= home_.now())
    erase(entries_.find(leases_.begin()->second));
  armed_for_ = leases_.empty() ? net::never : leases_.begin()->first;
  home_.timers().arm(lease_end_, armed_for_);
}

memory_directory::memory_directory(net::loop& home) : state_(std::make_unique<state>(home)) {}
memory_directory::~memory_directory() = default;

operation memory_directory::put(std::string_view key, std::string value, std::uint64_t expected,
                                net::duration time_to_live, put_done done) {
  auto told = std::make_shared<detail::completion<result<std::uint64_t>>>(std::move(done));
  detail::mailboxes::answer(
      state_->boxes.here(), told,
      state_->put(key, std::move(value), expected, time_to_live, net::loop::current()->now()));
  return operation(told);
}

operation memory_directory::remove(std::string_view key, std::uint64_t expected, put_done done) {
  auto told = std::make_shared<detail::completion<result<std::uint64_t>>>(std::move(done));
  detail::mailboxes::answer(state_->boxes.here(), told, state_->remove(key, expected));
  return operation(told);
}

operation memory_directory::get(std::string_view key, get_done done) {
  auto told = std::make_shared<detail::completion<result<directory_entry>>>(std::move(done));
  detail::mailboxes::answer(state_->boxes.here(), told, state_->get(key));
  return operation(told);
}

subscription memory_directory::watch(std::string_view prefix, directory_sink& sink) {
  class watching final : public subscription::state {
   public:
    watching(memory_directory::state& from, std::string_view prefix, directory_sink& sink)
        : from_(from), mine_(std::make_shared<watcher>(from.boxes.here(), prefix, sink)) {
      from_.watch(mine_);
    }
    ~watching() override { from_.unwatch(mine_); }

   private:
    memory_directory::state& from_;
    const std::shared_ptr<watcher> mine_;
  };
  return subscription(std::make_unique<watching>(*state_, prefix, sink));
}

}  // namespace actornet::cluster

#include "actornet/cluster/detail/embedded_network.hpp"

#include <algorithm>

namespace actornet::cluster::detail {

std::uint64_t embedded_network::join(embedded_link& added) {
  const std::lock_guard guard(mutex_);
  links_.emplace(++last_number_, &added);
  return last_number_;
}

void embedded_network::leave(embedded_link& gone) {
  const std::lock_guard guard(mutex_);
  links_.erase(gone.id());
}

void embedded_network::set_faults(const embedded_faults& what) {
  const std::lock_guard guard(mutex_);
  faults_ = what;
}

void embedded_network::partition(const std::vector<std::vector<std::string>>& groups) {
  const std::lock_guard guard(mutex_);
  groups_.clear();
  group_count_ = groups.size();
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (const std::string& name : groups[i])
      groups_.insert_or_assign(name, i);
  look_all();
}

// Without groups all are in the first.
std::size_t embedded_network::group_of(const embedded_link& one) const {
  const auto found = groups_.find(one.name());
  return found == groups_.end() ? group_count_ : found->second;
}

bool embedded_network::alive(const embedded_link& one) const {
  const std::lock_guard guard(mutex_);
  return one.alive_;
}

bool embedded_network::connected(const embedded_link& one) const {
  const std::lock_guard guard(mutex_);
  return one.alive_ && !one.disconnected_;
}

bool embedded_network::reaches_engine(const embedded_link& one) const {
  const std::lock_guard guard(mutex_);
  return one.alive_ && !one.disconnected_ && group_of(one) == 0;
}

bool embedded_network::reaches(std::uint64_t from, std::uint64_t to) const {
  const std::lock_guard guard(mutex_);
  return reaches_locked(from, to);
}

bool embedded_network::reaches_locked(std::uint64_t from, std::uint64_t to) const {
  const auto one = links_.find(from);
  const auto other = links_.find(to);
  if (one == links_.end() || other == links_.end())
    return false;
  const auto connected = [](const embedded_link& link) {
    return link.alive_ && !link.disconnected_;
  };
  return connected(*one->second) && connected(*other->second) &&
         group_of(*one->second) == group_of(*other->second);
}

void embedded_network::disconnect(embedded_link& one, bool disconnected) {
  const std::lock_guard guard(mutex_);
  one.disconnected_ = disconnected;
  look_all();
}

void embedded_network::crash(embedded_link& one) {
  const std::lock_guard guard(mutex_);
  one.alive_ = false;
}

void embedded_network::look_all() {
  for (const auto& [number, link] : links_)
    link->look();
}

bool embedded_network::draw(double embedded_faults::*which) {
  const std::lock_guard guard(mutex_);
  return chance_.of(faults_.*which);
}

net::duration embedded_network::way() {
  const std::lock_guard guard(mutex_);
  return chance_.between(faults_.delay_min, faults_.delay_max);
}

std::uint64_t embedded_network::new_lane() {
  const std::lock_guard guard(mutex_);
  return ++last_number_;
}

std::vector<std::uint64_t> embedded_network::all() const {
  const std::lock_guard guard(mutex_);
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, link] : links_)
    if (link->alive_)
      numbers.push_back(number);
  return numbers;
}

void embedded_network::deliver(std::uint64_t from, std::uint64_t to, std::string_view subject,
                               const net::shared_bytes& payload) {
  const std::lock_guard guard(mutex_);
  if (reaches_locked(from, to) && !chance_.of(faults_.publish_lost))
    static_cast<void>(links_.at(to)->inbox.publish(subject, payload));
}

void embedded_network::serve(std::string_view subject, std::uint64_t server) {
  const std::lock_guard guard(mutex_);
  at_name(services_, subject).all.push_back(server);
}

void embedded_network::no_more_serve(std::string_view subject, std::uint64_t server) {
  const std::lock_guard guard(mutex_);
  const auto found = services_.find(subject);
  auto& all = found->second.all;
  all.erase(std::ranges::find(all, server));
  if (all.empty())
    services_.erase(found);
}

result<void> embedded_network::ask(std::uint64_t from, std::string_view subject,
                                   const net::shared_bytes& payload, net::duration deadline,
                                   const served& done) {
  const std::lock_guard guard(mutex_);
  const auto found = services_.find(subject);
  if (found == services_.end())
    return errc::unavailable;
  servers& those = found->second;
  for (std::size_t looks = 0; looks < those.all.size(); ++looks) {
    const std::uint64_t server = those.all[++those.turn % those.all.size()];
    if (!reaches_locked(from, server))
      continue;
    links_.at(server)
        ->inbox
        .request(
            subject, payload, deadline,
            [server, done](result<net::shared_bytes> outcome) { done(server, std::move(outcome)); })
        .detach();
    return {};
  }
  return errc::unavailable;
}

}  // namespace actornet::cluster::detail

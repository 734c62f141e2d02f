#include "actornet/cluster/detail/requests.hpp"

#include <cassert>

namespace actornet::cluster::detail {

result<std::uint64_t> request_table::add(std::shared_ptr<completion<answer>> told,
                                         net::duration deadline) {
  if (waiting_.size() >= requests_max)
    return errc::mailbox_full;
  const std::uint64_t request = ++last_;
  const auto added = waiting_.emplace(request, std::make_unique<entry>(*this, request, told));
  home_.timers().arm(added.first->second->deadline, net::deadline_after(home_.now(), deadline));
  return request;
}

void request_table::settle(std::uint64_t request, answer outcome) {
  // Taken out first: who is told may ask again.
  if (const auto over = waiting_.extract(request))
    over.mapped()->told->complete(std::move(outcome));
}

askers::~askers() {
  for (const auto& each : all_)
    each.second->close();
}

const std::shared_ptr<asker>& askers::here() {
  net::loop* const home = net::loop::current();
  assert(home);
  const std::lock_guard guard(mutex_);
  auto& place = all_[home];
  if (!place)
    place = std::make_shared<asker>(*home);
  return place;
}

}  // namespace actornet::cluster::detail

#include "actornet/cluster/detail/requests.hpp"

#include <cassert>

namespace actornet::cluster::detail {

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

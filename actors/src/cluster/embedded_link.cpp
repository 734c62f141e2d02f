#include "actornet/cluster/detail/embedded_link.hpp"

#include <algorithm>
#include <cassert>

#include "actornet/cluster/detail/embedded_network.hpp"

namespace actornet::cluster::detail {

// A sink may end others, and add some.
void embedded_desk::tell() {
  const std::vector<reach_sink*> those = sinks_;
  for (reach_sink* const each : those)
    if (std::ranges::find(sinks_, each) != sinks_.end())
      each->on_reach();
}

embedded_link::embedded_link(std::shared_ptr<embedded_network> in, std::string name)
    : network_(std::move(in)), name_(std::move(name)), id_(network_->join(*this)) {}

embedded_link::~embedded_link() {
  network_->leave(*this);
}

bool embedded_link::alive() const {
  return network_->alive(*this);
}

bool embedded_link::connected() const {
  return network_->connected(*this);
}

bool embedded_link::reaches_engine() const {
  return network_->reaches_engine(*this);
}

void embedded_link::disconnect(bool disconnected) {
  network_->disconnect(*this, disconnected);
}

void embedded_link::crash() {
  network_->crash(*this);
}

void embedded_link::later(std::uint64_t lane, std::function<void()> work) {
  embedded_desk& desk = here();
  const net::duration way = network_->way();
  if (way == net::duration::zero() && desk.line.idle(lane)) {
    if (alive())
      work();
    return;
  }
  desk.line.push(net::loop::current()->now() + way, lane, [this, work = std::move(work)] {
    if (alive())
      work();
  });
}

void embedded_link::after(net::duration pause, std::function<void()> work) {
  embedded_desk& desk = here();
  auto unless_crashed = [this, work = std::move(work)] {
    if (alive())
      work();
  };
  if (pause == net::duration::zero())
    desk.box.push(std::move(unless_crashed));
  else
    desk.line.push(net::deadline_after(net::loop::current()->now(), pause), 0,
                   std::move(unless_crashed));
}

bool embedded_link::draw(double embedded_faults::*which) {
  return network_->draw(which);
}

std::uint64_t embedded_link::new_lane() {
  return network_->new_lane();
}

embedded_desk& embedded_link::here() {
  net::loop* const home = net::loop::current();
  assert(home);
  const std::lock_guard guard(mutex_);
  const auto found =
      std::ranges::find_if(desks_, [home](const auto& each) { return each.first == home; });
  if (found != desks_.end())
    return *found->second;
  return *desks_.emplace_back(home, std::make_unique<embedded_desk>(*home)).second;
}

void embedded_link::look() {
  const std::lock_guard guard(mutex_);
  for (const auto& [home, desk] : desks_)
    desk->look();
}

}  // namespace actornet::cluster::detail

#include "shard.hpp"

#include "room_home.hpp"
#include "room_part.hpp"

namespace actornet::rooms::detail {

shard::shard(net::loop& on, shared_state& common) : loop_(on), common_(common), box_(on) {}

shard::~shard() = default;

void shard::close() {
  nodes_.end();
  bus_state_.end();
  loop_.timers().remove(look_again_);
  watched_.clear();
  common_.rooms.fetch_sub(homes_.size(), std::memory_order_relaxed);
  homes_.clear();
  parts_.clear();
}

// -- homes ----------------------------------------------------------------------------------------

room_home* shard::find_home(std::string_view name) {
  const auto found = homes_.find(name);
  return found == homes_.end() ? nullptr : found->second.get();
}

room_home* shard::home(std::string_view name) {
  if (room_home* const found = find_home(name))
    return found;
  if (common_.rooms.fetch_add(1, std::memory_order_relaxed) >= common_.options.rooms_max) {
    common_.rooms.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  return homes_.emplace(std::string(name), std::make_unique<room_home>(name, *this))
      .first->second.get();
}

void shard::forget_if_unused(room_home& home) {
  if (!home.unused())
    return;
  common_.rooms.fetch_sub(1, std::memory_order_relaxed);
  homes_.erase(homes_.find(home.name()));
}

void shard::forget_if_unused(std::string_view room) {
  if (room_home* const home = find_home(room))
    forget_if_unused(*home);
}

// -- other nodes ----------------------------------------------------------------------------------

void shard::watch_nodes() {
  if (common_.place.name.empty())
    return;
  if (common_.place.watch)
    nodes_ = common_.place.watch(*this);
  bus_state_ = common_.between.watch_state(*this);
}

bool shard::is_up(std::string_view node, std::uint64_t boot) const {
  if (!common_.place.watch)
    return true;
  const auto found = up_.find(node);
  return found != up_.end() && found->second == boot;
}

void shard::on_up(const cluster::node_info& node) {
  up_[node.name] = node.boot;
  for (const auto& [room, home] : homes_)
    home->on_node_up(node.name);
}

void shard::on_down(const cluster::node_info& node, cluster::down_reason) {
  up_.erase(node.name);
  for (const auto& [room, home] : homes_)
    home->on_node_down(node.name);
}

void shard::on_state(cluster::bus_state now) {
  if (now == cluster::bus_state::up)
    for (const auto& [room, home] : homes_)
      home->on_bus_up();
}

// -- parts ----------------------------------------------------------------------------------------

std::shared_ptr<room_part> shard::part(std::string_view name, shard& home) {
  auto& place = cluster::detail::at_name(parts_, name);
  if (!place)
    place = std::make_shared<room_part>(name, *this, home);
  return place;
}

// Whoever works with the part holds it.
void shard::forget_if_empty(room_part& part) {
  if (!part.empty())
    return;
  const auto found = parts_.find(part.name());
  if (found != parts_.end() && found->second.get() == &part)
    parts_.erase(found);
}

void shard::wake(const std::shared_ptr<room_part>& part) {
  tell([part](shard&) { part->work(); });
}

void shard::look_again(const std::shared_ptr<room_part>& part) {
  if (std::exchange(part->watched, true))
    return;
  watched_.push_back(part);
  if (!look_again_.armed())
    loop_.timers().arm(look_again_, loop_.now() + common_.options.slow.look_again);
}

void shard::on_look_again() {
  for (const auto& each : std::exchange(watched_, {})) {
    each->watched = false;
    each->look_again();
  }
}

}  // namespace actornet::rooms::detail

#include "membership.hpp"

#include <algorithm>

namespace actornet::cluster::detail {

namespace {

bool same_life(const node_info& one, const node_info& other) {
  return one.kind == other.kind && one.version == other.version &&
         one.schema.fingerprint == other.schema.fingerprint &&
         one.schema.major == other.schema.major && one.schema.accepts == other.schema.accepts;
}

}  // namespace

heard membership::hear(const heartbeat& beat, const moment& now) {
  peer* const one = find_or_add(beat.node.name);
  if (!one)
    return heard::over_limit;
  if (std::ranges::find(one->ended, beat.node.boot) != one->ended.end())
    return heard::ended;
  return one->node.boot == beat.node.boot ? hear_more(*one, beat, now) : hear_new(*one, beat, now);
}

heard membership::hear_more(peer& one, const heartbeat& beat, const moment& now) {
  if (beat.number <= one.number)
    return heard::duplicate;
  if (!same_life(one.node, beat.node))
    return heard::malformed;
  one.number = beat.number;
  one.heard = now.attentive;
  one.began = std::min(one.began, now.real - beat.age);
  const bool changed =
      one.node.draining != beat.node.draining || one.node.attributes != beat.node.attributes;
  one.node = beat.node;
  if (one.now != life::up)
    return come(one);
  if (changed)
    sink_.on_changed(one.node);
  return heard::good;
}

heard membership::hear_new(peer& one, const heartbeat& beat, const moment& now) {
  const net::time_point began = now.real - beat.age;
  if (one.now == life::up && began + clearly_older < one.began)
    return heard::older;
  if (one.now != life::none)
    end(one, down_reason::replaced);
  one.node = beat.node;
  one.number = beat.number;
  one.heard = now.attentive;
  one.began = began;
  return come(one);
}

heard membership::come(peer& one) {
  if (!compatible(ours_, one.node.schema)) {
    one.now = life::incompatible;
    return heard::incompatible;
  }
  one.now = life::up;
  one.life_number = ++lives_;
  ++up_;
  sink_.on_up(one.node, one.life_number);
  return heard::good;
}

bool membership::leave(const goodbye& bye) {
  const auto found = peers_.find(bye.name);
  if (found == peers_.end() || found->second.now == life::none ||
      found->second.node.boot != bye.boot)
    return false;
  end(found->second, down_reason::left);
  return true;
}

void membership::expire(net::duration now, net::duration silent_after) {
  for (auto& [name, one] : peers_) {
    if (now - one.heard < silent_after)
      continue;
    if (one.now == life::up)
      go_down(one, life::silent, down_reason::silent);
    else if (one.now == life::incompatible)
      one.now = life::none;
  }
}

void membership::forget(net::duration before) {
  for (auto& [name, one] : peers_)
    if (one.now == life::silent && one.heard < before)
      one.now = life::none;
}

void membership::excuse(net::duration now) {
  for (auto& [name, one] : peers_)
    if (one.now == life::up)
      one.heard = now;
}

std::size_t membership::heard_since(net::duration since) const {
  return static_cast<std::size_t>(std::ranges::count_if(peers_, [since](const auto& each) {
    return (each.second.now == life::up || each.second.now == life::silent) &&
           each.second.heard >= since;
  }));
}

std::size_t membership::known() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      peers_, [](const auto& each) { return each.second.now != life::none; }));
}

membership::peer* membership::find_or_add(const std::string& name) {
  if (const auto found = peers_.find(name); found != peers_.end())
    return &found->second;
  if (peers_.size() >= nodes::nodes_max && !make_room())
    return nullptr;
  return &peers_[name];
}

// Of those that are not up the one that was quiet for longest, with what is remembered of it.
bool membership::make_room() {
  auto oldest = peers_.end();
  for (auto each = peers_.begin(); each != peers_.end(); ++each)
    if (each->second.now != life::up &&
        (oldest == peers_.end() || each->second.heard < oldest->second.heard))
      oldest = each;
  if (oldest == peers_.end())
    return false;
  peers_.erase(oldest);
  return true;
}

void membership::end(peer& one, down_reason why) {
  one.ended.push_back(one.node.boot);
  if (one.ended.size() > nodes::ended_boots_max)
    one.ended.pop_front();
  if (one.now == life::up)
    go_down(one, life::none, why);
  else
    one.now = life::none;
}

void membership::go_down(peer& one, life then, down_reason why) {
  one.now = then;
  --up_;
  sink_.on_down(one.node, why);
}

}  // namespace actornet::cluster::detail

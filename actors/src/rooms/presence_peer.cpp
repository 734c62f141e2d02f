#include "presence_peer.hpp"

#include <vector>

namespace actornet::rooms::detail {

namespace {

template <class Names>
std::uint64_t hash_of(const Names& names) {
  std::uint64_t sum = 0;
  for (const std::string& each : names)
    sum += presence_hash(each);
  return sum;
}

}  // namespace

presence_peer::outcome presence_peer::take(const presence_frame& next, std::size_t names_max,
                                           room_users& users) {
  if (next.life() < life_ || (next.life() == life_ && (over_ || next.version() < version_)))
    return outcome::refused;
  if (next.life() > life_)
    begin(next.life(), users);
  if (next.gone()) {
    drop(users);
    over_ = true;
    return outcome::fine;
  }
  if (!next.named() || next.users() > names_max) {
    count(next, users);
    return outcome::fine;
  }
  if (agrees(next))
    return outcome::fine;  // a digest, or names that somebody else asked for
  if (next.has_names())
    return gather(next, users);
  if (next.has_changes())
    change(next, names_max, users);
  return agrees(next) ? outcome::fine : outcome::wants;
}

// A life begins with nobody.
void presence_peer::begin(std::uint64_t life, room_users& users) {
  drop(users);
  knows_ = knows::names;
  life_ = life;
  version_ = 0;
  over_ = false;
}

void presence_peer::drop(room_users& users) {
  while (!names_.empty())
    remove(std::string(*names_.begin()), users);
  knows_ = knows::nothing;
  users_ = 0;
  gathering_.reset();
}

void presence_peer::count(const presence_frame& next, room_users& users) {
  drop(users);
  knows_ = knows::count;
  users_ = next.users();
  version_ = next.version();
}

void presence_peer::change(const presence_frame& next, std::size_t names_max, room_users& users) {
  if (knows_ != knows::names || version_ != next.changes().from())
    return;
  gathering_.reset();
  for (const std::string& each : next.changes().left())
    remove(each, users);
  for (const std::string& each : next.changes().came())
    if (names_.size() < names_max)
      add(each, users);
  version_ = next.version();
}

// The last part replaces what is known, if all of them are what the frame says they are.
presence_peer::outcome presence_peer::gather(const presence_frame& next, room_users& users) {
  const v1::Names& part = next.names();
  if (part.part() == 0)
    gathering_ = gathering{next.version(), 0, {}};
  if (!gathering_ || gathering_->version != next.version() || gathering_->next != part.part() ||
      gathering_->names.size() + static_cast<std::size_t>(part.names_size()) > next.users()) {
    gathering_.reset();
    return outcome::wants;
  }
  gathering_->names.insert(part.names().begin(), part.names().end());
  if (++gathering_->next < part.parts())
    return outcome::fine;
  const name_set names = std::move(gathering_->names);
  gathering_.reset();
  if (names.size() != next.users() || hash_of(names) != next.hash())
    return outcome::wants;
  replace(names, users);
  version_ = next.version();
  return outcome::fine;
}

void presence_peer::replace(const name_set& names, room_users& users) {
  std::vector<std::string> left;
  for (const std::string& each : names_)
    if (!names.contains(each))
      left.push_back(each);
  for (const std::string& each : left)
    remove(each, users);
  for (const std::string& each : names)
    add(each, users);
  knows_ = knows::names;
  users_ = 0;
}

bool presence_peer::agrees(const presence_frame& with) const {
  return knows_ == knows::names && version_ == with.version() && names_.size() == with.users() &&
         hash_ == with.hash();
}

void presence_peer::add(const std::string& user, room_users& users) {
  if (!names_.insert(user).second)
    return;
  hash_ += presence_hash(user);
  users.add_remote(user);
}

void presence_peer::remove(const std::string& user, room_users& users) {
  if (names_.erase(user) == 0)
    return;
  hash_ -= presence_hash(user);
  users.remove_remote(user);
}

}  // namespace actornet::rooms::detail

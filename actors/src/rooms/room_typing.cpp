#include "room_typing.hpp"

#include <algorithm>

namespace actornet::rooms::detail {

room_typing::room_typing(shard& here, const room_parts& parts)
    : here_(here), options_(here.common().options), parts_(parts) {}

void room_typing::type(const std::string& user) {
  const net::time_point until = here_.loop().now() + options_.typing_timeout;
  if (const auto found = until_.find(user); found != until_.end()) {
    found->second = until;
    return;
  }
  if (until_.size() >= options_.typing_users_max) {
    here_.counted.typing_dropped.add();
    return;
  }
  until_.emplace(user, until);
  tell(user, true);
  arm_timer();
}

void room_typing::stop(const std::string& user) {
  if (until_.erase(user) > 0)
    tell(user, false);
}

void room_typing::stop_all() {
  for (const auto& [user, until] : std::exchange(until_, {}))
    tell(user, false);
}

void room_typing::tell(const std::string& user, bool active) {
  const auto change = std::make_shared<const typing>(user, active);
  parts_.tell([&](part_inbox& to) { return to.push_typing(change); });
}

void room_typing::on_timer() {
  const net::time_point now = here_.loop().now();
  for (auto each = until_.begin(); each != until_.end();)
    if (each->second <= now) {
      tell(each->first, false);
      each = until_.erase(each);
    } else {
      ++each;
    }
  arm_timer();
}

void room_typing::arm_timer() {
  net::time_point next = net::never;
  for (const auto& [user, until] : until_)
    next = std::min(next, until);
  here_.loop().timers().arm(timer_, next);
}

}  // namespace actornet::rooms::detail

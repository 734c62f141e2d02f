#include "room_home.hpp"

#include <algorithm>
#include <cassert>

namespace actornet::rooms::detail {

room_home::room_home(std::string_view name, shard& here)
    : name_(name), here_(here), options_(here.common().options) {
  follows_ = here_.common().kept.live(name_, *this);
  hears_ = here_.common().between.subscribe(typing_subject(name_), *this);
}

room_home::~room_home() = default;

// -- members --------------------------------------------------------------------------------------

void room_home::join(const std::shared_ptr<room_part>& from, std::uint64_t id,
                     const std::string& user) {
  if (failed_)
    refuse(from, id, failed_);
  else if (members_ + waiting_.size() >= options_.members_max)
    refuse(from, id, errc::members_exhausted);
  else if (started_)
    admit(from, id, user);
  else
    waiting_.push_back({from, id, user});
}

void room_home::admit(const std::shared_ptr<room_part>& from, std::uint64_t id,
                      const std::string& user) {
  ++members_;
  if (++cluster::detail::at_name(users_, user).devices == 1)
    changed(user, true);
  auto place = std::ranges::find(parts_, from, &link::part);
  if (place == parts_.end())
    place = parts_.insert(place, {from, 0});
  ++place->members;
  if (from->inbox.push(join_accepted{id, newest_, list()}))
    from->here().wake(from);
}

void room_home::refuse(const std::shared_ptr<room_part>& from, std::uint64_t id,
                       std::error_code reason) {
  if (from->inbox.push(join_refused{id, reason}))
    from->here().wake(from);
}

void room_home::leave(const std::shared_ptr<room_part>& from, const std::string& user) {
  --members_;
  const auto place = std::ranges::find(parts_, from, &link::part);
  if (--place->members == 0)
    parts_.erase(place);
  const auto found = users_.find(user);
  if (--found->second.devices == 0) {
    stop_typing(user, found->second);
    users_.erase(found);
    changed(user, false);
  }
  here_.forget_if_unused(*this);
}

// -- messages -------------------------------------------------------------------------------------

void room_home::on_start(const position& newest) {
  newest_ = newest;
  started_ = true;
  tell_parts([&](part_inbox& to) { return to.push(newest_moved{newest}); });
  for (const waiting& each : std::exchange(waiting_, {}))
    admit(each.from, each.id, each.user);
}

void room_home::on_message(const message_ref& next) {
  newest_ = next->at();
  tell_parts([&](part_inbox& to) { return to.push_message(next); });
}

void room_home::on_failed(std::error_code reason) {
  failed_ = reason;
  for (const waiting& each : std::exchange(waiting_, {}))
    refuse(each.from, each.id, reason);
  tell_parts([&](part_inbox& to) { return to.push(room_failed{reason}); });
  here_.forget_if_unused(*this);
}

// -- presence -------------------------------------------------------------------------------------

const std::shared_ptr<const members_list>& room_home::list() {
  if (list_)
    return list_;
  auto made = std::make_shared<members_list>();
  made->users = static_cast<std::uint32_t>(users_.size());
  made->counts_only = counts_only_;
  if (!counts_only_) {
    for (const auto& [user, state] : users_)
      made->names.push_back(user);
    std::ranges::sort(made->names);
  }
  return list_ = std::move(made);
}

void room_home::changed(const std::string& user, bool present) {
  list_ = nullptr;
  const std::size_t users = users_.size();
  if (counts_only_ ? users <= options_.names_max / 4 * 3 : users > options_.names_max) {
    counts_only_ = !counts_only_;
    tell_list();
  } else if (counts_only_) {
    count_due_ = true;
    if (next_count_ <= here_.loop().now())
      tell_count();
    else
      arm_timer();
  } else {
    const auto change =
        std::make_shared<const presence>(user, present, static_cast<std::uint32_t>(users));
    tell_parts([&](part_inbox& to) { return to.push_presence(change, [this] { return list(); }); });
  }
}

void room_home::tell_list() {
  for (auto& [user, state] : users_)
    stop_typing(user, state);
  tell_parts([this](part_inbox& to) { return to.push(list()); });
}

void room_home::tell_count() {
  count_due_ = false;
  next_count_ = here_.loop().now() + options_.count_interval;
  const auto change = std::make_shared<const presence>(std::string(), true,
                                                       static_cast<std::uint32_t>(users_.size()));
  tell_parts([&](part_inbox& to) { return to.push_presence(change, [this] { return list(); }); });
}

// -- typing ---------------------------------------------------------------------------------------

std::string room_home::typing_subject(std::string_view room) {
  return "rooms.typing." + std::string(room);
}

net::shared_bytes room_home::typing_payload(std::string_view user, bool active) {
  const std::string text = (active ? '+' : '-') + std::string(user);
  return net::shared_bytes::copy_of(std::as_bytes(std::span(text)));
}

void room_home::on_published(const net::shared_bytes& payload) {
  const std::string text(reinterpret_cast<const char*>(payload.payload.data()),
                         payload.payload.size());
  if (text.size() > 1)
    type(text.substr(1), text[0] == '+');
}

void room_home::type(const std::string& user, bool active) {
  const auto found = users_.find(user);
  if (found == users_.end() || counts_only_)
    return;
  if (!active)
    return stop_typing(user, found->second);
  const bool began = found->second.typing_until == net::never;
  if (began && typing_ >= options_.typing_users_max) {
    here_.counted.typing_dropped.add();
    return;
  }
  found->second.typing_until = here_.loop().now() + options_.typing_timeout;
  if (!began)
    return;
  ++typing_;
  tell_typing(user, true);
  arm_timer();
}

void room_home::stop_typing(const std::string& user, user_state& who) {
  if (std::exchange(who.typing_until, net::never) == net::never)
    return;
  --typing_;
  tell_typing(user, false);
}

void room_home::tell_typing(const std::string& user, bool active) {
  const auto change = std::make_shared<const typing>(user, active);
  tell_parts([&](part_inbox& to) { return to.push_typing(change); });
}

// -- time -----------------------------------------------------------------------------------------

void room_home::on_timer() {
  const net::time_point now = here_.loop().now();
  if (typing_ > 0)
    for (auto& [user, state] : users_)
      if (state.typing_until <= now)
        stop_typing(user, state);
  if (count_due_ && next_count_ <= now)
    tell_count();
  arm_timer();
}

void room_home::arm_timer() {
  net::time_point next = count_due_ ? next_count_ : net::never;
  if (typing_ > 0)
    for (const auto& [user, state] : users_)
      next = std::min(next, state.typing_until);
  here_.loop().timers().arm(timer_, next);
}

}  // namespace actornet::rooms::detail

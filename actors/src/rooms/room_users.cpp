#include "room_users.hpp"

#include <algorithm>
#include <limits>

namespace actornet::rooms::detail {

namespace {

std::uint32_t shown(std::uint64_t users) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(users, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

room_users::room_users(std::string_view room, shard& here, const room_parts& parts,
                       room_typing& typing)
    : room_(room), here_(here), options_(here.common().options), parts_(parts), typing_(typing) {}

// -- this node's ----------------------------------------------------------------------------------

void room_users::join(const std::string& user) {
  state& who = cluster::detail::at_name(users_, user);
  if (++who.devices > 1 || std::exchange(who.lingers_until, net::never) != net::never)
    return;
  ++local_;
  if (sink_)
    sink_->on_local(user, true);
  touched_ = true;
  if (who.nodes == 0)
    note(user, true);
  settle();
}

void room_users::leave(const std::string& user, bool at_once) {
  const auto found = users_.find(user);
  if (--found->second.devices > 0)
    return;
  typing_.stop(user);
  if (at_once || options_.leave_grace <= net::duration::zero() ||
      lingering_.size() >= options_.members_max) {
    end_local(found);
    return settle();
  }
  found->second.lingers_until = here_.loop().now() + options_.leave_grace;
  lingering_.push_back({found->second.lingers_until, user});
  arm_timer();
}

void room_users::end_local(user_map::iterator gone) {
  const std::string user = gone->first;
  gone->second.lingers_until = net::never;
  --local_;
  touched_ = true;
  if (sink_)
    sink_->on_local(user, false);
  if (gone->second.nodes > 0)
    return;
  users_.erase(gone);
  note(user, false);
}

// A user who came back stands there all the same, with a time that is not its own any more.
void room_users::end_lingering() {
  const net::time_point now = here_.loop().now();
  while (!lingering_.empty() && lingering_.front().when <= now) {
    const leaving next = std::move(lingering_.front());
    lingering_.pop_front();
    const auto found = users_.find(next.user);
    if (found != users_.end() && found->second.lingers_until == next.when)
      end_local(found);
  }
  settle();
  if (lingering_.empty())
    here_.tell([room = room_](shard& there) { there.forget_if_unused(room); });
}

// -- other nodes' ---------------------------------------------------------------------------------

void room_users::add_remote(const std::string& user) {
  state& who = cluster::detail::at_name(users_, user);
  if (++who.nodes == 1 && !who.here())
    note(user, true);
}

void room_users::remove_remote(const std::string& user) {
  const auto found = users_.find(user);
  if (--found->second.nodes > 0 || found->second.here())
    return;
  users_.erase(found);
  note(user, false);
}

void room_users::set_remote(std::uint64_t users, bool nameless) {
  touched_ |= remote_ != users || nameless_ != nameless;
  remote_ = users;
  nameless_ = nameless;
}

// -- what the parts are told ----------------------------------------------------------------------

const std::shared_ptr<const members_list>& room_users::list() {
  if (list_)
    return list_;
  auto made = std::make_shared<members_list>();
  made->users = shown(total());
  made->counts_only = counts_only_;
  if (!counts_only_) {
    for (const auto& each : users_)
      made->names.push_back(each.first);
    std::ranges::sort(made->names);
  }
  return list_ = std::move(made);
}

// Two changes of one user are none.
void room_users::note(const std::string& user, bool present) {
  touched_ = true;
  if (!present)
    typing_.stop(user);
  if (counts_only_)
    return;
  const auto [place, added] = changes_.try_emplace(user, present);
  if (!added)
    changes_.erase(place);
}

void room_users::settle() {
  if (!std::exchange(touched_, false))
    return;
  list_ = nullptr;
  const auto changes = std::exchange(changes_, {});
  // All nodes come to the same: by the same sum, and big for one is big for all.
  const bool stays = big_ || nameless_;
  const std::size_t most = stays ? options_.names_max / 4 * 3 : options_.names_max;
  if (const bool big = local_ + remote_ > most; big != big_) {
    big_ = big;
    if (sink_)
      sink_->on_big(big);
  }
  if (counts_only_ != (big_ || nameless_)) {
    counts_only_ = !counts_only_;
    count_due_ = false;
    typing_.stop_all();
    tell_list();
  } else if (counts_only_) {
    count_due_ = true;
    if (next_count_ <= here_.loop().now())
      tell_count();
    else
      arm_timer();
  } else if (changes.size() > singly_max) {
    tell_list();
  } else {
    tell_each(changes);
  }
}

void room_users::tell_each(const std::map<std::string, bool>& changes) {
  const auto came = static_cast<std::size_t>(
      std::ranges::count_if(changes, [](const auto& each) { return each.second; }));
  std::uint64_t users = total() + (changes.size() - came) - came;
  for (const auto& [user, present] : changes) {
    users += present ? 1 : std::uint64_t{0} - 1;
    const auto change = std::make_shared<const presence>(user, present, shown(users));
    parts_.tell(
        [&](part_inbox& to) { return to.push_presence(change, [this] { return list(); }); });
  }
}

void room_users::tell_list() {
  parts_.tell([this](part_inbox& to) { return to.push_list(list()); });
}

void room_users::tell_count() {
  count_due_ = false;
  next_count_ = here_.loop().now() + options_.count_interval;
  const auto change = std::make_shared<const presence>(std::string(), true, shown(total()));
  parts_.tell([&](part_inbox& to) { return to.push_presence(change, [this] { return list(); }); });
}

// -- time -----------------------------------------------------------------------------------------

void room_users::on_timer() {
  if (count_due_ && next_count_ <= here_.loop().now())
    tell_count();
  if (!lingering_.empty())
    end_lingering();
  arm_timer();
}

void room_users::arm_timer() {
  net::time_point next = count_due_ ? next_count_ : net::never;
  if (!lingering_.empty())
    next = std::min(next, lingering_.front().when);
  here_.loop().timers().arm(timer_, next);
}

}  // namespace actornet::rooms::detail

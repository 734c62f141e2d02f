#include "room_part.hpp"

#include <algorithm>
#include <cassert>

#include "room_home.hpp"

namespace actornet::rooms::detail {

membership_state::~membership_state() {
  for (lives* each = watch_; each; each = each->outer_)
    each->gone_ = true;
  part->leave(*this);
}

// Not inline: g++ 12 at -O1 takes the watch for one that is left pointing at a dead variable.
membership_state::lives::lives(membership_state& watched) noexcept
    : watched_(watched), outer_(std::exchange(watched.watch_, this)) {}

membership_state::lives::~lives() {
  if (!gone_)
    watched_.watch_ = outer_;
}

const slow_consumer_options& room_part::slow_options() const noexcept {
  return here_.common().options.slow;
}

// -- coming and going -----------------------------------------------------------------------------

std::unique_ptr<membership_state> room_part::join(member& who, join_request how) {
  const std::uint64_t id = ++next_id_;
  const auto self = shared_from_this();
  if (!home_.request([self, id, user = how.user](shard& there) {
        if (room_home* const home = there.home(self->name_))
          return home->join(self, id, user);
        if (self->inbox.push(join_refused{id, errc::rooms_exhausted}))
          self->here_.wake(self);
      }))
    return nullptr;
  auto added = std::make_unique<membership_state>(self, who, std::move(how));
  added->id = id;
  joining_.emplace(id, joiner{added.get(), {}, false});
  return added;
}

void room_part::leave(membership_state& gone) {
  using state = membership_state::state;
  std::erase(late_, &gone);
  if (gone.now == state::joining) {
    joining_[gone.id] = {nullptr, std::move(gone.how.user), gone.at_once};
  } else if (gone.now != state::closed) {
    gone.in->remove(gone);
    send_leave(gone.how.user, gone.at_once);
  }
  gone.now = state::closed;
  here_.forget_if_empty(*this);
}

void room_part::send_leave(const std::string& user, bool at_once) {
  here_.counted.members_went.add();
  home_.tell([self = shared_from_this(), user, at_once](shard& there) {
    if (room_home* const home = there.find_home(self->name_))
      home->leave(self, user, at_once);
  });
}

void room_part::close(membership_state& gone, std::error_code reason) {
  std::erase(late_, &gone);
  gone.in->remove(gone);
  gone.now = membership_state::state::closed;
  gone.read = {};
  send_leave(gone.how.user, false);
  here_.forget_if_empty(*this);
  gone.who->on_closed(reason);
}

void room_part::type(const membership_state& who, bool active) {
  if (who.now != membership_state::state::live && who.now != membership_state::state::behind)
    return;
  (void)here_.common().between.publish(room_home::typing_subject(name_),
                                       room_home::typing_payload(who.how.user, active));
}

// -- what the home says ---------------------------------------------------------------------------

void room_part::work() {
  std::vector<part_item> items = std::move(taken_);
  inbox.take(items);
  for (part_item& each : items) {
    if (auto* const next = std::get_if<message_ref>(&each)) {
      add_message(std::move(*next));
      continue;
    }
    fan_out();
    std::visit(
        [this](const auto& item) {
          if constexpr (!std::is_same_v<decltype(item), const message_ref&>)
            handle(item);
        },
        each);
  }
  fan_out();
  items.clear();
  taken_ = std::move(items);
}

void room_part::handle(const join_accepted& answer) {
  const auto found = joining_.find(answer.id);
  const joiner joined = std::move(found->second);
  joining_.erase(found);
  here_.counted.members_came.add();
  if (!joined.state) {
    send_leave(joined.user, joined.at_once);
    return here_.forget_if_empty(*this);
  }
  if (answer.newest != last_)
    fall_behind(answer.newest);
  membership_state& added = *joined.state;
  added.now = membership_state::state::behind;
  behind_.add(*added.who, added);
  const membership_state::lives alive(added);
  added.who->on_joined(answer.newest, *answer.there);
  if (alive)
    begin(added, answer.newest);
}

void room_part::handle(const join_refused& answer) {
  const auto found = joining_.find(answer.id);
  membership_state* const refused = found->second.state;
  joining_.erase(found);
  here_.counted.refused.add();
  if (refused)
    refused->now = membership_state::state::closed;
  here_.forget_if_empty(*this);
  if (refused)
    refused->who->on_closed(answer.reason);
}

void room_part::handle(const newest_moved& to) {
  if (!known(to.newest))
    fall_behind(to.newest);
}

void room_part::handle(const room_failed& how) {
  for_each_member(
      [&](const member_list::slot& each, const auto&) { close(*each.state, how.reason); });
}

void room_part::handle(const std::shared_ptr<const presence>& change) {
  for_each_member([&](const member_list::slot& each, const auto&) {
    if (each.state->late || each.who->unsent_bytes() > slow_options().presence_bytes_max)
      conflate(*each.state, *change);
    else
      each.who->on_presence(*change);
  });
}

void room_part::handle(const std::shared_ptr<const members_list>& there) {
  for_each_member([&](const member_list::slot& each, const auto&) {
    if (each.state->late || each.who->unsent_bytes() > slow_options().presence_bytes_max)
      conflate(*each.state, there);
    else
      each.who->on_members(*there);
  });
}

void room_part::handle(const std::shared_ptr<const typing>& change) {
  for_each_member([&](const member_list::slot& each, const auto&) {
    if (each.who->unsent_bytes() > slow_options().typing_bytes_max)
      here_.counted.typing_dropped.add();
    else
      each.who->on_typing(*change);
  });
}

// -- messages for those that are live -------------------------------------------------------------

void room_part::add_message(message_ref next) {
  const position& before = batch_.empty() ? last_ : batch_.back()->at();
  const position at = next->at();
  if (at.epoch == before.epoch && at.offset <= before.offset)
    return;
  if (at.epoch == before.epoch && at.offset == before.offset + 1) {
    batch_.push_back(std::move(next));
    return;
  }
  fan_out();
  fall_behind(at);
}

// Member by member, so that what belongs to each is touched once for all messages.
void room_part::fan_out() {
  if (batch_.empty())
    return;
  const messages batch = std::move(batch_);
  batch_.clear();
  last_ = batch.back()->at();
  const std::size_t unsent_max = slow_options().messages_bytes_max;
  std::uint64_t taken = 0;
  live_.for_each([&](const member_list::slot& each, const auto& still_there) {
    for (const message_ref& next : batch) {
      const bool took = each.who->on_message(*next, unsent_max);
      taken += took ? 1 : 0;
      if (!still_there())
        return;
      if (!took)
        return overflow(*each.state, {next->at().epoch, next->at().offset - 1});
    }
    here_.loop().flush_if_many();
  });
  here_.counted.deliveries.add(taken);
}

// The messages up to @p newest did not come this way: everybody reads them.
void room_part::fall_behind(const position& newest) {
  live_.for_each([&](const member_list::slot& each, const auto&) {
    live_.remove(*each.state);
    behind_.add(*each.who, *each.state);
    each.state->now = membership_state::state::behind;
    each.state->cursor = last_;
  });
  last_ = newest;
  behind_.for_each([&](const member_list::slot& each, const auto&) { catch_up(*each.state); });
}

/// The member has everything up to @p has and did not take what comes next.
void room_part::overflow(membership_state& slow, const position& has) {
  if (slow_options().messages == slow_messages::close) {
    here_.counted.slow_closed.add();
    return close(slow, errc::slow_consumer);
  }
  if (slow.now == membership_state::state::live) {
    slow.in->remove(slow);
    behind_.add(*slow.who, slow);
    slow.now = membership_state::state::behind;
  }
  slow.cursor = std::exchange(slow.fills_start, false) ? slow.joined_at : has;
  slow.dropping = true;
  watch();
}

}  // namespace actornet::rooms::detail

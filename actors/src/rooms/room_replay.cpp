// What those get who are behind: what they missed, page by page, as fast as they take it; and who
// is slow with presence, the last state of it.

#include <algorithm>

#include "room_part.hpp"

namespace actornet::rooms::detail {

void room_part::begin(membership_state& added, const position& newest) {
  added.joined_at = newest;
  if (added.how.after) {
    added.cursor = *added.how.after;
  } else {
    const std::uint64_t wanted = std::min<std::uint64_t>(
        {added.how.history, here_.common().options.replay_messages_max, newest.offset});
    added.cursor = {newest.epoch, newest.offset - wanted};
    added.fills_start = true;
  }
  catch_up(added);
}

bool room_part::known(const position& at) const noexcept {
  return at.epoch == last_.epoch && at.offset <= last_.offset;
}

void room_part::catch_up(membership_state& slow) {
  if (slow.reading || slow.now != membership_state::state::behind)
    return;
  const std::size_t unsent = slow.who->unsent_bytes();
  if (slow.dropping) {
    if (unsent > slow_options().messages_bytes_max / 2)
      return watch();
    slow.dropping = false;
    if (slow.cursor != last_) {
      if (known(slow.cursor))
        here_.counted.slow_messages_dropped.add(last_.offset - slow.cursor.offset);
      const membership_state::lives alive(slow);
      tell_gap(slow, last_, gap_reason::slow_consumer);
      if (!alive)
        return;
    }
  }
  if (slow.cursor.epoch == last_.epoch && slow.cursor.offset > last_.offset)
    return look_ahead(slow);
  if (slow.cursor == last_)
    return go_live(slow);
  if (unsent > slow_options().replay_bytes_max)
    return watch();
  read_on(slow);
}

void room_part::read_on(membership_state& slow) {
  slow.reading = true;
  const std::uint64_t after = known(slow.cursor) ? slow.cursor.offset : 0;
  slow.read =
      here_.common().kept.read_after(name_, after, here_.common().options.page_messages_max,
                                     [self = shared_from_this(), &slow](result<history_page> page) {
                                       slow.reading = false;
                                       if (page)
                                         self->replay(slow, *page);
                                       else
                                         self->close(slow, page.error());
                                     });
}

// It has more than is known here: another node was faster, or what it has is not of this room.
void room_part::look_ahead(membership_state& slow) {
  slow.reading = true;
  slow.read = here_.common().kept.read_after(
      name_, slow.cursor.offset, 1,
      [self = shared_from_this(), &slow](const result<history_page>& page) {
        slow.reading = false;
        if (page)
          self->compare(slow, page->newest);
        else
          self->close(slow, page.error());
      });
}

void room_part::compare(membership_state& ahead, const position& newest) {
  if (newest.epoch != ahead.cursor.epoch || newest.offset >= ahead.cursor.offset)
    return watch();  // the home will know, too
  const membership_state::lives alive(ahead);
  tell_gap(ahead, last_, gap_reason::new_epoch);
  if (alive)
    catch_up(ahead);
}

void room_part::replay(membership_state& slow, const history_page& page) {
  if (page.newest.epoch != last_.epoch)
    return watch();  // the history began anew, and the home does not know yet
  const position had = slow.cursor;
  const membership_state::lives alive(slow);
  jump(slow, page);
  for (std::size_t i = 0; alive && !slow.dropping && i < page.messages.size(); ++i) {
    const message& next = *page.messages[i];
    if (next.at().offset <= slow.cursor.offset)
      continue;
    if (next.at().offset > last_.offset)
      break;  // it comes live
    const bool took = slow.who->on_message(next, slow_options().replay_bytes_max);
    here_.counted.deliveries.add(took ? 1 : 0);
    if (!alive)
      return;
    if (!took) {
      if (slow.who->unsent_bytes() > slow_options().replay_bytes_max)
        return watch();
      return overflow(slow, slow.cursor);
    }
    slow.cursor = next.at();
    slow.fills_start = false;
  }
  if (!alive)
    return;
  if (slow.cursor == had && slow.cursor != last_)
    return close(slow, errc::unavailable);  // the history has a hole
  catch_up(slow);
}

// Over what is not kept.
void room_part::jump(membership_state& slow, const history_page& page) {
  const position first{last_.epoch, std::min(page.first_kept, last_.offset + 1) - 1};
  const bool same_epoch = known(slow.cursor);
  if (same_epoch && slow.cursor.offset >= first.offset)
    return;
  if (slow.fills_start && same_epoch && first.offset <= slow.joined_at.offset)
    slow.cursor = first;
  else
    tell_gap(slow, first, same_epoch ? gap_reason::not_kept : gap_reason::new_epoch);
}

void room_part::tell_gap(membership_state& to, const position& until, gap_reason reason) {
  if (std::exchange(to.fills_start, false))
    to.cursor = to.joined_at;  // what was before its join it only asked for
  const gap missed{std::exchange(to.cursor, until), until, reason};
  here_.counted.gaps.add();
  to.who->on_gap(missed);
}

void room_part::go_live(membership_state& done) {
  behind_.remove(done);
  live_.add(*done.who, done);
  done.now = membership_state::state::live;
  done.fills_start = false;
}

void room_part::look_again() {
  behind_.for_each([&](const member_list::slot& each, const auto&) { catch_up(*each.state); });
  for (std::size_t i = late_.size(); i-- > 0;)
    if (i < late_.size())
      tell_late(*late_[i]);
}

void room_part::watch() {
  here_.look_again(shared_from_this());
}

// -- presence for those who are slow --------------------------------------------------------------

void room_part::be_late(membership_state& slow) {
  here_.counted.presence_conflated.add();
  if (slow.late)
    return;
  slow.late = std::make_unique<late_presence>();
  late_.push_back(&slow);
  watch();
}

// Users come and go by turns: two changes of one user are none.
void room_part::conflate(membership_state& slow, const presence& change) {
  be_late(slow);
  slow.late->users = change.users();
  auto& changes = slow.late->changes;
  const auto found = changes.find(change.user());
  if (found == changes.end())
    changes.emplace(change.user(), change.present());
  else if (!change.user().empty())
    changes.erase(found);
}

void room_part::conflate(membership_state& slow, const std::shared_ptr<const members_list>& there) {
  be_late(slow);
  slow.late->list = there;
  slow.late->changes.clear();
}

void room_part::tell_late(membership_state& slow) {
  if (slow.who->unsent_bytes() > slow_options().presence_bytes_max / 2)
    return watch();
  const auto late = std::move(slow.late);
  std::erase(late_, &slow);
  const membership_state::lives alive(slow);
  if (late->list)
    slow.who->on_members(*late->list);
  for (auto next = late->changes.begin(); alive && next != late->changes.end(); ++next)
    slow.who->on_presence(presence(next->first, next->second, late->users));
}

}  // namespace actornet::rooms::detail

#include "room_place.hpp"

namespace actornet::talk {

place place_of(const v1::Position& position) {
  return {position.epoch(), position.offset()};
}

void fill(v1::Position& position, const place& from) {
  position.set_epoch(from.epoch);
  position.set_offset(from.offset);
}

void room_place::joined(const place& newest, std::uint32_t asked) {
  if (last_)
    return;
  if (newest.offset == 0 || asked == 0)
    last_ = newest_.value_or(newest);
  else if (!newest_)
    newest_ = newest;
}

room_place::seen room_place::message(const place& at) {
  if (last_ && last_->epoch == at.epoch && at.offset <= last_->offset)
    return {};
  seen what{true, missing_before(at)};
  last_ = at;
  return what;
}

bool room_place::gap(const place& to) {
  if (last_ && last_->epoch == to.epoch && to.offset <= last_->offset)
    return false;
  last_ = to;
  return true;
}

// Old messages that were asked for come after a Joined whose newest they may be, or are older than.
std::optional<v1::Gap> room_place::missing_before(const place& at) const {
  const auto known = last_ ? last_ : newest_;
  if (!known || (known->epoch == at.epoch && at.offset <= known->offset + 1))
    return std::nullopt;
  v1::Gap gap;
  fill(*gap.mutable_from(), *known);
  fill(*gap.mutable_to(), {at.epoch, at.offset - 1});
  if (known->epoch != at.epoch)
    gap.set_reason(v1::GAP_REASON_NEW_EPOCH);
  return gap;
}

}  // namespace actornet::talk

#include "room_words.hpp"

namespace actornet::chat {

void fill(v1::Position& to, const rooms::position& from) {
  to.set_epoch(from.epoch);
  to.set_offset(from.offset);
}

rooms::position position_of(const v1::Position& from) {
  return {from.epoch(), from.offset()};
}

void fill(v1::Message& to, const std::string& room, const rooms::message& from) {
  to.set_room(room);
  fill(*to.mutable_position(), from.at());
  to.set_user(from.user());
  to.set_id(from.id());
  to.set_time_ms(from.time_ms());
  to.mutable_text()->assign(reinterpret_cast<const char*>(from.body().data()), from.body().size());
}

void fill(v1::Members& to, const std::string& room, const rooms::members_list& from) {
  to.set_room(room);
  to.set_users(from.users);
  for (const std::string& name : from.names)
    to.add_names(name);
  to.set_counts_only(from.counts_only);
}

v1::Event room_words::to_message(const rooms::message& said) const {
  v1::Event event;
  fill(*event.mutable_message(), room_, said);
  return event;
}

v1::Event room_words::to_presence(const rooms::presence& change) const {
  v1::Event event;
  v1::Presence& presence = *event.mutable_presence();
  presence.set_room(room_);
  presence.set_user(change.user());
  presence.set_present(change.present());
  presence.set_users(change.users());
  return event;
}

v1::Event room_words::to_typing(const rooms::typing& change) const {
  v1::Event event;
  v1::TypingNotice& notice = *event.mutable_typing();
  notice.set_room(room_);
  notice.set_user(change.user());
  notice.set_active(change.active());
  return event;
}

v1::Event room_words::to_gap(const rooms::gap& missed) const {
  v1::Event event;
  v1::Gap& gap = *event.mutable_gap();
  gap.set_room(room_);
  fill(*gap.mutable_from(), missed.from);
  fill(*gap.mutable_to(), missed.to);
  gap.set_reason(static_cast<v1::GapReason>(missed.reason));  // the same numbers
  return event;
}

v1::Event room_words::to_members(const rooms::members_list& there) const {
  v1::Event event;
  fill(*event.mutable_members(), room_, there);
  return event;
}

v1::Event room_words::to_joined(const rooms::position& newest,
                                const rooms::members_list& there) const {
  v1::Event event;
  event.set_request(request_);
  v1::Joined& joined = *event.mutable_joined();
  joined.set_room(room_);
  fill(*joined.mutable_newest(), newest);
  fill(*joined.mutable_members(), room_, there);
  return event;
}

}  // namespace actornet::chat

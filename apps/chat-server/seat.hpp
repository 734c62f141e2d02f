#pragma once

#include <string>

#include "actornet/rooms/connection_member.hpp"
#include "actornet/rooms/registry.hpp"
#include "room_words.hpp"

namespace actornet::chat {

/// Hears of seats that a room takes back.
class seat_owner {
 public:
  /// The last call about this seat, which may be destroyed in it.
  virtual void on_seat_closed(const std::string& room, std::uint32_t request,
                              std::error_code reason) = 0;

 protected:
  ~seat_owner() = default;
};

/// A session's place in a room.
class seat final : public rooms::connection_member<v1::Event, room_words> {
 public:
  seat(seat_owner& owner, connection_ref<v1::Event> to, std::string room, std::uint32_t request)
      : connection_member(std::move(to), room_words(std::move(room), request)),
        owner_(owner),
        request_(request) {}

  /// Joins; the errors of `rooms::registry::join`.
  result<void> take(rooms::registry& rooms, rooms::join_request how) {
    auto taken = rooms.join(protocol().room(), *this, std::move(how));
    if (!taken)
      return taken.error();
    membership_ = std::move(*taken);
    return {};
  }

  void typing(bool active) { membership_.typing(active); }

  /// For good: the others are told at once.
  void leave() { membership_.leave(); }

  void on_closed(std::error_code reason) override {
    owner_.on_seat_closed(protocol().room(), request_, reason);
  }

 private:
  seat_owner& owner_;
  const std::uint32_t request_;
  rooms::membership membership_;
};

}  // namespace actornet::chat

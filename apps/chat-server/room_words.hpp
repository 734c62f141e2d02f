#pragma once

#include <actornet/chat/v1/chat.pb.h>

#include <cstdint>
#include <string>

#include "actornet/rooms/member.hpp"

namespace actornet::chat {

/// What happens in a room, said in the chat protocol.
class room_words {
 public:
  /// @p request is the number of the Join, for `to_joined`.
  room_words(std::string room, std::uint32_t request) : room_(std::move(room)), request_(request) {}

  v1::Event to_message(const rooms::message& said) const;
  v1::Event to_presence(const rooms::presence& change) const;
  v1::Event to_typing(const rooms::typing& change) const;
  v1::Event to_gap(const rooms::gap& missed) const;
  v1::Event to_members(const rooms::members_list& there) const;
  v1::Event to_joined(const rooms::position& newest, const rooms::members_list& there) const;

  const std::string& room() const noexcept { return room_; }

 private:
  std::string room_;
  std::uint32_t request_;
};

void fill(v1::Position& to, const rooms::position& from);
rooms::position position_of(const v1::Position& from);
void fill(v1::Message& to, const std::string& room, const rooms::message& from);
void fill(v1::Members& to, const std::string& room, const rooms::members_list& from);

}  // namespace actornet::chat

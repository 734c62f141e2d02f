#include "chat_room.hpp"

namespace actornet::load {

// Null when that message is forgotten already.
chat_room::message* chat_room::remember(std::uint64_t offset) noexcept {
  newest_ = std::max(newest_, offset);
  message& place = remembered_[offset % remembered_.size()];
  if (place.offset > offset)
    return nullptr;
  if (place.offset < offset) {
    place = message();
    place.offset = offset;
  }
  return &place;
}

bool chat_room::know(message& which, std::uint64_t key, bool own) noexcept {
  if (which.known)
    return which.key == key;
  which.known = true;
  which.key = key;
  which.waits = own;
  return true;
}

void chat_room::settle(message& which) noexcept {
  if (!which.waits || which.told < readers_)
    return;
  which.waits = false;
  outstanding_ -= std::min(outstanding_, 1u);  // it may have been given up
}

bool chat_room::told(std::uint64_t offset, std::uint64_t key, bool own) noexcept {
  message* const which = remember(offset);
  if (!which)
    return true;
  const bool same = know(*which, key, own);
  ++which->told;
  settle(*which);
  return same;
}

bool chat_room::acknowledged(std::uint64_t offset, std::uint64_t key) noexcept {
  message* const which = remember(offset);
  if (!which)
    return true;
  const bool same = know(*which, key, true);
  settle(*which);
  return same;
}

void chat_room::skipped(std::uint64_t from, std::uint64_t to) noexcept {
  const std::uint64_t window = remembered_.size();
  for (std::uint64_t offset = std::max(from, to - std::min(to, window)) + 1; offset <= to; ++offset)
    if (message* const which = remember(offset)) {
      ++which->told;
      settle(*which);
    }
}

void chat_room::remove_reader() noexcept {
  --readers_;
  for (message& each : remembered_)
    settle(each);
}

}  // namespace actornet::load

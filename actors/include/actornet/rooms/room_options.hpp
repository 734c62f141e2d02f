#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "actornet/net/clock.hpp"

namespace actornet::rooms {

/// What becomes of a message for a member that does not take what it is given in time.
enum class slow_messages : std::uint8_t {
  close,  ///< the member is closed with `errc::slow_consumer`
  drop,   ///< it gets none until it has caught up, then a gap with `gap_reason::slow_consumer`
};

/// When a member counts as slow: by the bytes that wait to be sent to it.
struct slow_consumer_options {
  slow_messages messages = slow_messages::close;
  std::size_t messages_bytes_max = 192 * 1024;  ///< above: `messages`
  std::size_t replay_bytes_max = 64 * 1024;     ///< above: what was missed waits
  std::size_t presence_bytes_max = 64 * 1024;   ///< above: only the last of each user, later
  std::size_t typing_bytes_max = 32 * 1024;     ///< above: dropped
  net::duration look_again = std::chrono::milliseconds(20);  ///< for those who are behind
};

/// How nodes tell each other who is in a room. Only with a `node_place`.
struct presence_options {
  std::size_t nodes_max = 64;  ///< others that a room hears of; more are left out
  net::duration delta_interval = std::chrono::milliseconds(250);  ///< between two frames of a room
  net::duration digest_interval = std::chrono::seconds(2);  ///< the longest while others are heard
  net::duration silence_max = std::chrono::seconds(7);      ///< then a node's users are gone
};

/// Limits and habits of rooms. What is kept of messages is the history's (`retention`).
struct room_options {
  std::size_t rooms_max = 100'000;         ///< with members or under way, in all: `rooms_exhausted`
  std::size_t members_max = 100'000;       ///< of a room: `members_exhausted`
  std::size_t name_bytes_max = 256;        ///< of rooms, users, ids: `name_invalid`; none is empty
  std::size_t body_bytes_max = 48 * 1024;  ///< of a message: `message_too_large`
  std::size_t names_max = 100;        ///< more users than this: a count and no names, no typing
  std::size_t typing_users_max = 20;  ///< of a room at a time; more are not told
  std::size_t replay_messages_max = 1'000;  ///< that a join without a position may ask for
  std::size_t page_messages_max = 64;    ///< that a replay or a page takes from the history at once
  std::size_t requests_max = 16 * 1024;  ///< on their way to the rooms of a loop: `unavailable`
  std::size_t part_queue_max = 1'024;    ///< on their way from a room to its members of a loop
  net::duration typing_timeout = std::chrono::seconds(6);
  net::duration count_interval = std::chrono::milliseconds(500);  ///< of a room's changing count

  /// A user whose last device left counts as there for so long; one who is back by then is not told
  /// of. Zero, the default: rooms do not know whether a member that is gone may come again.
  net::duration leave_grace{};
  slow_consumer_options slow{};
  presence_options across{};
};

}  // namespace actornet::rooms

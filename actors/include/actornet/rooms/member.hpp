#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "actornet/errc.hpp"
#include "actornet/rooms/message.hpp"

namespace actornet::rooms {

namespace detail {
class membership_state;
}

/// Why a member does not get messages.
enum class gap_reason : std::uint8_t {
  not_kept = 1,       ///< older than what the room keeps
  new_epoch = 2,      ///< the history began anew and had kept nothing
  slow_consumer = 3,  ///< the member did not take them in time
};

/// Messages that a member will not get: those after `from`, up to and including `to`. Where the
/// epochs differ: all of the old one after `from`, and those of the new one up to `to`.
struct gap {
  position from;
  position to;
  gap_reason reason{};
};

/// Who is in a room. Big rooms have a count and no names.
struct members_list {
  std::uint32_t users = 0;
  std::vector<std::string> names;  ///< in order; empty when `counts_only`
  bool counts_only = false;
};

/// A user came (first device) or left (last device). In big rooms the count changed: no name.
class presence final : public renderable {
 public:
  presence(std::string user, bool present, std::uint32_t users)
      : user_(std::move(user)), users_(users), present_(present) {}
  const std::string& user() const noexcept { return user_; }
  bool present() const noexcept { return present_; }
  std::uint32_t users() const noexcept { return users_; }  ///< that are there now

 private:
  const std::string user_;
  const std::uint32_t users_;
  const bool present_;
};

/// A user began to type, or stopped, or was not heard of for `room_options::typing_timeout`.
class typing final : public renderable {
 public:
  typing(std::string user, bool active) : user_(std::move(user)), active_(active) {}
  const std::string& user() const noexcept { return user_; }
  bool active() const noexcept { return active_; }

 private:
  const std::string user_;
  const bool active_;
};

/// One of those in a room: what it is told. Everything is called on the loop that joined, from the
/// join until the membership is destroyed or after `on_closed`; a call may destroy the membership.
/// `connection_member` is one that passes everything on to a connection.
///
/// After `on_joined` messages and gaps come in order and without a hole: each begins where the one
/// before ended, the first after the position the member had.
class member {
 public:
  /// First, unless the join fails. @p newest: of the room; offset 0: it has no message yet.
  virtual void on_joined(const position& newest, const members_list& there) = 0;

  /// False: it was not taken, because more than @p unsent_bytes_max wait to be sent to this member
  /// or for another reason. The policy `slow_consumer_options::messages` acts.
  virtual bool on_message(const message& next, std::size_t unsent_bytes_max) = 0;

  virtual void on_gap(const gap& missed) = 0;

  /// The list anew: its room became big or small, or changes came too fast.
  virtual void on_members(const members_list& there) = 0;
  virtual void on_presence(const presence& change) = 0;
  virtual void on_typing(const typing& change) = 0;

  /// The room ends the membership, or the join failed; the last call. `slow_consumer`,
  /// `members_exhausted`, `rooms_exhausted`, `unavailable`.
  virtual void on_closed(std::error_code reason) = 0;

  /// Bytes that wait to be sent to this member.
  virtual std::size_t unsent_bytes() const noexcept = 0;

 protected:
  ~member() = default;
};

}  // namespace actornet::rooms

#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "actornet/cluster/detail/names.hpp"
#include "actornet/rooms/registry.hpp"

namespace actornet::rooms::detail {

class member_list;
class room_part;

/// What a slow member was not told yet: what it knows of the others differs from the truth by this.
struct late_presence {
  std::shared_ptr<const members_list> list;  // first, if any
  cluster::detail::name_map<bool> changes;   // who came, who left
  std::uint32_t users = 0;                   // that are there now
};

/// One member of a room's part. States:
///
///     joining ──the home's answer──> behind <──> live
///        └──────────────┴──────────────┴──> closed
///
/// A member that is behind reads what it misses from the history; a live one has everything that
/// its part was given. Moved by `room_part` only.
class membership_state {
 public:
  enum class state : std::uint8_t { joining, behind, live, closed };

  membership_state(std::shared_ptr<room_part> of, member& told, join_request request)
      : part(std::move(of)), who(&told), how(std::move(request)) {}
  ~membership_state();
  membership_state(const membership_state&) = delete;
  membership_state& operator=(const membership_state&) = delete;

  const std::shared_ptr<room_part> part;
  member* const who;
  join_request how;
  state now = state::joining;
  bool at_once = false;       // it leaves without grace
  bool dropping = false;      // by the policy: nothing until it caught up, then a gap
  bool fills_start = false;   // nothing of the newest that it asked for came yet
  bool reading = false;       // the history was asked
  member_list* in = nullptr;  // the list of its part that it stands in
  std::size_t slot = 0;       // there
  std::uint64_t id = 0;       // while joining
  position joined_at;         // the newest when it joined
  position cursor;            // behind: up to here it has everything, or was told of a gap
  cluster::operation read;
  std::unique_ptr<late_presence> late;

  /// Whether the member is there after a call that may have destroyed the membership.
  class lives {
   public:
    explicit lives(membership_state& watched) noexcept;
    ~lives();
    lives(const lives&) = delete;
    lives& operator=(const lives&) = delete;

    explicit operator bool() const noexcept { return !gone_ && watched_.now != state::closed; }

   private:
    friend class membership_state;
    membership_state& watched_;
    lives* const outer_;
    bool gone_ = false;
  };

 private:
  lives* watch_ = nullptr;
};

}  // namespace actornet::rooms::detail

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/operation.hpp"
#include "actornet/net/multiplexer.hpp"
#include "actornet/result.hpp"
#include "actornet/rooms/history.hpp"
#include "actornet/rooms/member.hpp"
#include "actornet/rooms/node_place.hpp"
#include "actornet/rooms/room_options.hpp"

namespace actornet::rooms {

namespace detail {
class registry_state;
}

/// What somebody wants to do in a room.
enum class action : std::uint8_t { join, publish, read };

/// Says whether @p user may do @p what in @p room. Called on the loop of who asks; must not block.
using permission = std::function<bool(action what, std::string_view user, std::string_view room)>;

/// How a member joins.
struct join_request {
  std::string user;
  std::optional<position> after;  ///< the last it has: it gets what it missed, or a gap
  std::size_t history = 0;        ///< without `after`: so many of the newest messages first
};

/// That a member is in a room, until this is destroyed: then it has left, and is told nothing more.
/// Move-only, loop-bound; must not outlive its member or its registry.
class [[nodiscard]] membership {
 public:
  membership() noexcept;
  explicit membership(std::unique_ptr<detail::membership_state> state) noexcept;
  membership(membership&&) noexcept;
  membership& operator=(membership&&) noexcept;
  ~membership();

  explicit operator bool() const noexcept { return state_ != nullptr; }

  /// Tells the others that its user types (again), or no more.
  void typing(bool active);

  /// Leaves, and does not mean to come back: without `room_options::leave_grace`.
  void leave();

 private:
  std::unique_ptr<detail::membership_state> state_;
};

/// What rooms did so far, summed over all loops.
struct rooms_counts {
  std::uint64_t rooms = 0;    ///< now
  std::uint64_t members = 0;  ///< now
  std::uint64_t published = 0;
  std::uint64_t published_again = 0;  ///< retries that were noticed
  std::uint64_t deliveries = 0;       ///< messages taken by members
  std::uint64_t gaps = 0;
  std::uint64_t slow_closed = 0;  ///< members closed as slow consumers
  std::uint64_t slow_messages_dropped = 0;
  std::uint64_t presence_conflated = 0;
  std::uint64_t typing_dropped = 0;
  std::uint64_t refused = 0;           ///< joins and publishes, by a limit or by `permission`
  std::uint64_t presence_sent = 0;     ///< frames for other nodes
  std::uint64_t presence_refused = 0;  ///< of others: garbage, over a limit, of a life that is over
  std::uint64_t presence_wanted = 0;   ///< times a node was asked for its names
};

/// The rooms of a process. A room has a home loop that orders what happens in it, and a part on
/// each loop that has members of it; it is there as long as it has members. With a `node_place` a
/// room's members may be on several nodes, whose registries share the history and the bus.
///
/// Thread-safe: every call from the turn of a loop of @p loops, and answers come there, except
/// `counts`, which any thread may call. It must outlive memberships and operations, must not
/// outlive the loops, history and bus, and is destroyed while no loop is in a turn on another
/// thread.
class registry {
 public:
  using publish_done = std::function<void(result<appended>)>;
  using who_done = std::function<void(result<members_list>)>;

  /// Throws std::invalid_argument: a place without a boot or with too long a name.
  registry(net::multiplexer& loops, history& kept, cluster::bus& between, room_options options = {},
           permission may = {}, node_place place = {});
  ~registry();
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;

  /// @p who joins. It is told `on_joined`, then what it missed, then what is new; or `on_closed`.
  /// Errors at once: `not_allowed`, `name_invalid`, `unavailable`.
  result<membership> join(std::string_view room, member& who, join_request how);

  /// Gives @p what to the room's history and to all its members. The answer is its position; the
  /// same user's same id again gets the first one. Errors: `not_allowed`, `name_invalid`,
  /// `message_too_large`, `unavailable`, and those of the history.
  cluster::operation publish(std::string_view room, draft what, publish_done done);

  /// Who is there. Errors: `not_allowed`, `name_invalid`, `unavailable`.
  cluster::operation who(std::string_view room, std::string_view user, who_done done);

  /// Up to @p count of the newest messages before @p before, as far as they are kept; of another
  /// epoch: the newest. Errors: `not_allowed`, `name_invalid`, `unavailable`.
  cluster::operation page(std::string_view room, std::string_view user,
                          std::optional<position> before, std::size_t count,
                          history::read_done done);

  rooms_counts counts() const;
  const room_options& options() const noexcept;

 private:
  std::unique_ptr<detail::registry_state> state_;
};

}  // namespace actornet::rooms

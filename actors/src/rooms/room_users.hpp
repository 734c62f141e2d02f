#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "actornet/cluster/detail/names.hpp"
#include "room_parts.hpp"
#include "room_typing.hpp"
#include "shard.hpp"

namespace actornet::rooms::detail {

/// Hears of the users that a room has on this node. Called inside `room_users`.
class local_users_sink {
 public:
  virtual void on_local(const std::string& user, bool present) = 0;

  /// The room became too big for names to be told, or is small again.
  virtual void on_big(bool big) = 0;

 protected:
  ~local_users_sink() = default;
};

/// Who is in a room, on all nodes: a user is there as long as it is on one of them. Tells the parts
/// who comes and goes. On the home's loop.
class room_users {
 public:
  static constexpr std::size_t singly_max = 16;  ///< changes at a time; more: the list anew

  room_users(std::string_view room, shard& here, const room_parts& parts, room_typing& typing);

  /// Null: nobody.
  void set_sink(local_users_sink* sink) noexcept { sink_ = sink; }

  /// One device more of a user on this node, or less.
  void join(const std::string& user);
  void leave(const std::string& user, bool at_once);

  /// One node more of the others that has the user, or less.
  void add_remote(const std::string& user);
  void remove_remote(const std::string& user);

  /// The sum of what the others have; some of them say no names.
  void set_remote(std::uint64_t users, bool nameless);

  /// Tells what came of it.
  void settle();

  const std::shared_ptr<const members_list>& list();
  bool knows(const std::string& user) const { return users_.contains(user); }
  bool counts_only() const noexcept { return counts_only_; }
  bool big() const noexcept { return big_; }

  /// Somebody who has left this node is still counted.
  bool lingering() const noexcept { return !lingering_.empty(); }

  template <class Visit>
  void for_each_local(const Visit& visit) const {
    for (const auto& [name, user] : users_)
      if (user.here())
        visit(name);
  }

 private:
  struct state {
    std::size_t devices = 0;                     // here
    std::size_t nodes = 0;                       // others that have it
    net::time_point lingers_until = net::never;  // it has no device here any more; never: it has

    bool here() const noexcept { return devices > 0 || lingers_until != net::never; }
  };
  struct leaving {
    net::time_point when;
    std::string user;
  };
  using user_map = cluster::detail::name_map<state>;

  void end_local(user_map::iterator gone);
  void note(const std::string& user, bool present);
  void tell_each(const std::map<std::string, bool>& changes);
  void tell_list();
  void tell_count();
  void end_lingering();
  void on_timer();
  void arm_timer();

  // Where there are no names, a user counts on each node: so all nodes say the same.
  std::uint64_t total() const noexcept {
    return counts_only_ ? local_ + remote_ : std::uint64_t{users_.size()};
  }

  const std::string room_;
  shard& here_;
  const room_options& options_;
  const room_parts& parts_;
  room_typing& typing_;
  local_users_sink* sink_ = nullptr;
  user_map users_;
  std::uint64_t local_ = 0;  // users of this node
  std::uint64_t remote_ = 0;
  bool nameless_ = false;
  std::deque<leaving> lingering_;             // by time; also some who came back
  std::map<std::string, bool> changes_;       // not told yet
  std::shared_ptr<const members_list> list_;  // null: to be made anew
  bool touched_ = false;                      // something changed since the last `settle`
  bool big_ = false;                          // this node tells no names
  bool counts_only_ = false;                  // big, or a node says no names
  bool count_due_ = false;
  net::time_point next_count_{};
  net::timer timer_{net::entry_of<&room_users::on_timer>(*this)};
};

}  // namespace actornet::rooms::detail

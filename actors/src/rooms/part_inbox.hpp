#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <system_error>
#include <variant>
#include <vector>

#include "actornet/rooms/member.hpp"

namespace actornet::rooms::detail {

/// What a room's home tells its part on a loop.
struct join_accepted {
  std::uint64_t id;
  position newest;
  std::shared_ptr<const members_list> there;
};
struct join_refused {
  std::uint64_t id;
  std::error_code reason;
};
struct newest_moved {  // messages up to here were left out
  position newest;
};
struct room_failed {
  std::error_code reason;
};
using part_item = std::variant<message_ref, std::shared_ptr<const presence>,
                               std::shared_ptr<const typing>, std::shared_ptr<const members_list>,
                               join_accepted, join_refused, newest_moved, room_failed>;

/// Items on their way from a home to a part: in order, bounded. When it is full, messages become
/// one `newest_moved` behind the rest, presence the newest list of members, and typing is dropped.
/// Answers to joins always find a place: the part itself asked for them.
class part_inbox {
 public:
  explicit part_inbox(std::size_t items_max) noexcept : items_max_(items_max) {}

  /// True: nobody was going to look, see to it that the part does.
  bool push(part_item item) {
    const std::lock_guard guard(mutex_);
    if (const auto* const answer = std::get_if<join_accepted>(&item); answer && list_)
      list_ = answer->there;  // what waits behind the rest must not be older than that
    items_.push_back(std::move(item));
    return wake();
  }

  bool push_message(const message_ref& next) {
    const std::lock_guard guard(mutex_);
    if (items_.size() >= items_max_ || newest_)
      newest_ = std::make_unique<position>(next->at());
    else
      items_.emplace_back(next);
    return wake();
  }

  /// @p list gives the members as they are now.
  template <class List>
  bool push_presence(const std::shared_ptr<const presence>& change, const List& list) {
    const std::lock_guard guard(mutex_);
    if (items_.size() >= items_max_ || list_)
      list_ = list();
    else
      items_.emplace_back(change);
    return wake();
  }

  bool push_list(const std::shared_ptr<const members_list>& list) {
    const std::lock_guard guard(mutex_);
    if (items_.size() >= items_max_ || list_)
      list_ = list;
    else
      items_.emplace_back(list);
    return wake();
  }

  bool push_typing(const std::shared_ptr<const typing>& change) {
    const std::lock_guard guard(mutex_);
    if (items_.size() >= items_max_)
      return false;
    items_.emplace_back(change);
    return wake();
  }

  /// Everything there is, into @p empty.
  void take(std::vector<part_item>& empty) {
    const std::lock_guard guard(mutex_);
    empty.swap(items_);
    if (newest_)
      empty.emplace_back(newest_moved{*std::exchange(newest_, nullptr)});
    if (list_)
      empty.emplace_back(std::exchange(list_, nullptr));
    looked_after_ = false;
  }

 private:
  bool wake() noexcept { return !std::exchange(looked_after_, true); }

  const std::size_t items_max_;
  std::mutex mutex_;  // guards the rest
  std::vector<part_item> items_;
  std::unique_ptr<position> newest_;
  std::shared_ptr<const members_list> list_;
  bool looked_after_ = false;
};

}  // namespace actornet::rooms::detail

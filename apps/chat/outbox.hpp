#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "actornet/net/clock.hpp"

namespace actornet::talk {

/// A message that the server has not acknowledged.
struct unsent {
  std::string room;
  std::string id;
  std::string text;
  std::uint32_t asked = 0;  ///< the request's number, if a script gave one

  std::size_t bytes() const noexcept { return room.size() + id.size() + text.size(); }
};

/// Messages on their way to be published, in order: one is under way at a time, so that one that is
/// refused for now is not overtaken. What was under way when a connection was lost is the next on
/// the new one, with the same id: the server knows whether it has it.
class outbox {
 public:
  static constexpr std::size_t messages_max = 1000;
  static constexpr std::size_t bytes_max = 4 * 1024 * 1024;

  /// False: too many, or too long, are here already.
  bool add(unsent message);

  /// The one to send now, which then is under way; null: none. @p may_go says of a room whether it
  /// is joined. Lives until the next call that changes anything.
  const unsent* next(net::time_point now, const std::function<bool(const std::string&)>& may_go);

  /// When `next` may have one that it has not now because of `refused_for_now`; else `never`.
  net::time_point waits_until() const noexcept;

  /// The one under way was published, or will not be: it is gone.
  unsent take_sent();

  /// The one under way stays, and is not sent before @p again.
  void refused_for_now(net::time_point again) noexcept;

  void connection_lost() noexcept { under_way_ = false; }

  /// Takes out all of a room.
  std::vector<unsent> drop_room(const std::string& room);

  bool under_way() const noexcept { return under_way_; }
  std::size_t size() const noexcept { return messages_.size(); }

 private:
  std::deque<unsent> messages_;
  std::size_t bytes_ = 0;
  std::size_t sent_ = 0;  // index of the one under way
  bool under_way_ = false;
  net::time_point not_before_{};
};

}  // namespace actornet::talk

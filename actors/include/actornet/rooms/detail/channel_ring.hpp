#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "actornet/rooms/history.hpp"

namespace actornet::rooms::detail {

/// What was appended lately, so that a retry is noticed.
class id_window {
 public:
  /// The offset that @p what got, or 0.
  std::uint64_t find(const draft& what) const;

  void add(std::string_view user, std::string_view id, std::uint64_t offset, std::int64_t now_ms);
  void expire(const retention& keep, std::int64_t now_ms);

  bool empty() const noexcept { return order_.empty(); }
  std::uint64_t oldest() const noexcept { return order_.front().offset; }  ///< of one or more

 private:
  static std::string key_of(std::string_view user, std::string_view id) {
    return std::to_string(user.size()) + ' ' + std::string(user) + std::string(id);
  }

  struct remembered {
    std::int64_t time_ms;
    std::uint64_t offset;
    std::string_view key;  // of the map's node
  };
  std::unordered_map<std::string, std::uint64_t> offsets_;
  std::deque<remembered> order_;
};

/// The newest messages of a channel, within limits, and the ids of those appended lately.
class channel_ring {
 public:
  channel_ring() = default;

  /// Nothing is kept, and the newest is at @p newest.
  explicit channel_ring(const position& newest) : top_(newest) {}

  const position& top() const noexcept { return top_; }
  std::uint64_t first_kept() const noexcept { return top_.offset - messages_.size() + 1; }

  /// The oldest offset of which something is known: its message, or its id. Top + 1: none.
  std::uint64_t first_known() const noexcept;
  bool empty() const noexcept { return messages_.empty() && ids_.empty(); }

  /// The offset of the message that @p what is a retry of, or 0.
  std::uint64_t find(const draft& what) const { return what.id.empty() ? 0 : ids_.find(what); }

  /// Puts @p next, whose position is the one after `top`, behind the rest.
  void add(const message_ref& next);
  void expire(const retention& keep, std::int64_t now_ms);

  /// At most @p count of the kept messages, and at most a page's bytes: see `history`.
  history_page after(std::uint64_t offset, std::size_t count) const;
  history_page before(std::uint64_t offset, std::size_t count) const;

 private:
  position top_;
  std::deque<message_ref> messages_;
  std::size_t bytes_ = 0;
  id_window ids_;
};

}  // namespace actornet::rooms::detail

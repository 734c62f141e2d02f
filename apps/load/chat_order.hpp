#pragma once

#include <cstdint>

#include "chat_results.hpp"
#include "chat_wire.hpp"

namespace actornet::load {

/// Checks that one member is told a room's messages one after the other, each once, or that it will
/// not get them (a gap). It looks back 64 messages to tell a late one from a double.
class chat_order {
 public:
  /// The member joined; @p newest was the room's last message then.
  void begin(chat_position newest) noexcept;

  /// A message came.
  void take(chat_position at, chat_counts& into) noexcept;

  /// The member will not get what is after @p from, up to @p to.
  void take_gap(chat_position from, chat_position to, chat_counts& into) noexcept;

  std::uint64_t last() const noexcept { return last_; }  ///< offset of the newest it was told

  /// The room's newest is @p offset, and nothing more will come: what is missing is lost.
  void end(std::uint64_t offset, chat_counts& into) noexcept;

 private:
  std::uint64_t epoch_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t seen_ = ~std::uint64_t{0};  // bit n: `last_ - n` came
};

}  // namespace actornet::load

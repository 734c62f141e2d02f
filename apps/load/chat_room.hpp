#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace actornet::load {

/// What the members of a room that read were told: whether all of them got the same, and which of
/// our messages are at all of them. It remembers the newest messages only.
class chat_room {
 public:
  /// Remembers @p window messages.
  explicit chat_room(std::size_t window) : remembered_(window) {}

  void add_reader() noexcept { ++readers_; }
  void remove_reader() noexcept;

  /// A reader was told that message @p key stands at @p offset; @p own: this process published it.
  /// False when another message stood there.
  bool told(std::uint64_t offset, std::uint64_t key, bool own) noexcept;

  /// The same from the publisher's acknowledgement.
  bool acknowledged(std::uint64_t offset, std::uint64_t key) noexcept;

  /// A reader will not be told what is after @p from, up to @p to.
  void skipped(std::uint64_t from, std::uint64_t to) noexcept;

  std::uint64_t newest() const noexcept {
    return newest_;
  }  ///< offset of the newest message heard of
  std::uint32_t outstanding() const noexcept { return outstanding_; }
  void published() noexcept { ++outstanding_; }  ///< by us; until all readers were told

  /// @p count messages that we published may never come: their publisher is gone.
  void give_up(std::uint32_t count) noexcept { outstanding_ -= std::min(outstanding_, count); }

 private:
  struct message {
    std::uint64_t offset = 0;
    std::uint64_t key = 0;
    std::uint32_t told = 0;
    bool known = false;
    bool waits = false;  // ours, and some reader was not told yet
  };

  message* remember(std::uint64_t offset) noexcept;
  bool know(message& which, std::uint64_t key, bool own) noexcept;
  void settle(message& which) noexcept;

  std::vector<message> remembered_;
  std::uint64_t newest_ = 0;
  std::uint32_t readers_ = 0;
  std::uint32_t outstanding_ = 0;
};

}  // namespace actornet::load

#pragma once

#include <actornet/chat/v1/chat.pb.h>

#include <cstdint>
#include <optional>

namespace actornet::talk {

namespace v1 = chat::v1;

/// Where a message stands in its room; see Position in chat.proto.
struct place {
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;

  bool operator==(const place&) const = default;
};

place place_of(const v1::Position& position);
void fill(v1::Position& position, const place& from);

/// What this client has of one room: where to resume, what is known already, what is missing that
/// the server did not tell.
class room_place {
 public:
  /// What to resume after; nothing yet: none.
  std::optional<place> last() const noexcept { return last_; }

  /// The room's newest message at a Joined. @p asked old ones were asked for: they follow.
  void joined(const place& newest, std::uint32_t asked);

  struct seen {
    bool fresh = false;            ///< not shown before
    std::optional<v1::Gap> gap{};  ///< what is missing before it, without room
  };
  seen message(const place& at);

  /// Whether a gap up to @p to says something new.
  bool gap(const place& to);

 private:
  std::optional<v1::Gap> missing_before(const place& at) const;

  std::optional<place> last_;    // of what was shown, or what a gap covered
  std::optional<place> newest_;  // of the first Joined, until there is a last_
};

}  // namespace actornet::talk

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actornet/net/clock.hpp"

namespace actornet::load {

/// Ids and texts of the messages that this program publishes. A text begins with the time when its
/// message was due, in nanoseconds of the monotonic clock: all processes of a machine understand
/// it. The rest is filler that is always the same.
class chat_text {
 public:
  static constexpr std::size_t bytes_min = 16;
  static constexpr std::size_t id_bytes = 21;  ///< "load-" and 16 digits

  explicit chat_text(std::size_t bytes);

  /// The text of a message that was due at @p due; valid until the next call.
  std::string_view text(net::time_point due);

  /// When the message with @p text was due. Nothing when it differs from what we publish.
  std::optional<net::time_point> due(std::string_view text) const noexcept;

  /// The id of message @p number; valid until the next call.
  std::string_view id(std::uint64_t number);

  /// The number of an id; nothing when somebody else made it.
  static std::optional<std::uint64_t> number(std::string_view id) noexcept;

 private:
  std::string text_;
  std::string id_;
};

}  // namespace actornet::load

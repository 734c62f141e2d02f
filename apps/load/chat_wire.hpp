#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace actornet::load {

/// The kind of a chat Event: the field's number in chat.proto, as far as we tell them apart.
enum class chat_kind : std::uint8_t {
  other = 0,  ///< we do not look into it: presence, typing, members, pages
  welcome = 2,
  joined = 3,
  published = 5,
  failed = 9,
  message = 10,
  gap = 13,
  draining = 14,
};

/// An Event's envelope. `content` is the message inside of it, in wire format.
struct chat_envelope {
  std::uint32_t request = 0;
  chat_kind kind = chat_kind::other;
  std::string_view content{};
};

/// Where a message stands in its room.
struct chat_position {
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;
};

/// A Message event, as far as it is checked.
struct chat_delivery {
  chat_position position{};
  std::string_view id{};
  std::string_view text{};
};

/// Read protobuf's wire format without a copy and without an allocation: a load of a million events
/// a second has no time for objects. Nothing when the bytes are malformed. The views live as long
/// as the bytes.
std::optional<chat_envelope> read_envelope(std::string_view event);
std::optional<chat_delivery> read_delivery(std::string_view message);

}  // namespace actornet::load

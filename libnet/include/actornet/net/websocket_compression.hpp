#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace actornet::net {

/// What both ends of a WebSocket have agreed to do with the payload of messages (RFC 7692, section
/// 6): such a message has the bit RSV1. Sans-I/O; one of each connection.
class websocket_compression {
 public:
  enum class status : std::uint8_t { ok, too_large, malformed };

  virtual ~websocket_compression() = default;

  /// Shorter messages are sent as they are.
  virtual std::size_t message_bytes_min() const noexcept = 0;

  /// A piece of a message that goes out; @p last: its last one. Appends to @p out.
  virtual void compress(std::span<const std::byte> piece, bool last,
                        std::vector<std::byte>& out) = 0;

  /// A piece of a message that came in. Appends at most @p bytes_max to @p out, and one byte more
  /// with `too_large`; it stops there.
  virtual status expand(std::span<const std::byte> piece, bool last, std::size_t bytes_max,
                        std::vector<std::byte>& out) = 0;
};

}  // namespace actornet::net

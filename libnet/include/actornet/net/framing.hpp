#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "actornet/errc.hpp"

namespace actornet::net {

/// How messages are delimited on a byte stream.
enum class framing : std::uint8_t {
  raw,        ///< no frames: whatever arrives, never empty, in pieces of at most the limit
  line,       ///< text up to '\n' (one '\r' before it is dropped); a payload must not contain '\n'
              ///< and loses a '\r' at its end
  delimited,  ///< protobuf's varint length (at most 5 bytes), then the payload; the default
  length32,   ///< 4 bytes big-endian length, then the payload
};

const char* to_string(framing kind) noexcept;

/// False when @p name is not one of `raw`, `line`, `delimited`, `length32`.
bool parse_framing(std::string_view name, framing& out) noexcept;

/// Finds frames in bytes, sans-I/O: it looks at a contiguous prefix of the stream and says how many
/// bytes the first frame takes. It never allocates and never copies.
class frame_decoder {
 public:
  enum class status : std::uint8_t { frame, need_more, error };

  struct decoded {
    status state = status::need_more;
    errc error{};                          ///< set for `error`
    std::span<const std::byte> payload{};  ///< set for `frame`; a view of the input
    std::size_t consumed = 0;              ///< set for `frame`: payload, length and delimiters
    std::size_t missing = 1;               ///< set for `need_more`: at least so many bytes more
  };

  frame_decoder(framing kind, std::uint32_t frame_bytes_max) noexcept
      : frame_bytes_max_(frame_bytes_max), kind_(kind) {}

  /// Looks at @p input, which begins at a frame's first byte. After `need_more` call it again with
  /// the same bytes and more behind them; after `frame` with what follows `consumed`. Errors are
  /// final and do not depend on how the bytes arrive: `frame_too_large` (as soon as the length is
  /// known, before the payload is there; a line: as soon as its end would come too late) and
  /// `frame_malformed` (delimited: a fifth byte of length that announces a sixth). A payload of
  /// zero bytes is a frame; a varint that is longer than necessary is taken, as protobuf does.
  decoded decode(std::span<const std::byte> input) noexcept;

  framing kind() const noexcept { return kind_; }
  std::uint32_t frame_bytes_max() const noexcept { return frame_bytes_max_; }
  void set_frame_bytes_max(std::uint32_t bytes) noexcept { frame_bytes_max_ = bytes; }

 private:
  decoded decode_line(std::span<const std::byte> input) noexcept;
  decoded decode_delimited(std::span<const std::byte> input) const noexcept;
  decoded decode_length32(std::span<const std::byte> input) const noexcept;
  decoded with_length(std::span<const std::byte> input, std::size_t prefix,
                      std::uint64_t length) const noexcept;

  std::uint32_t frame_bytes_max_;
  std::uint32_t scanned_ =
      0;  // line: bytes known to hold no '\n', so that dribbled bytes cost O(1)
  framing kind_;
};

/// What stands around a payload on the wire.
struct frame_envelope {
  std::array<std::byte, 5> prefix{};
  std::uint8_t prefix_bytes = 0;
  std::uint8_t suffix_bytes = 0;  ///< line: one '\n'
};

/// The bytes around a payload of @p payload_bytes (< 2^32).
frame_envelope encode_frame(framing kind, std::size_t payload_bytes) noexcept;

}  // namespace actornet::net

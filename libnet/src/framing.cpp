#include "actornet/net/framing.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

namespace actornet::net {

namespace {

using decoded = frame_decoder::decoded;
using status = frame_decoder::status;

constexpr std::size_t varint_bytes_max = 5;
constexpr std::size_t length32_bytes = 4;

constexpr std::uint64_t value_of(std::byte byte) {
  return std::to_integer<std::uint64_t>(byte);
}

decoded need_more(std::size_t missing) noexcept {
  return {.state = status::need_more, .missing = missing};
}

decoded failed(errc error) noexcept {
  return {.state = status::error, .error = error};
}

decoded frame_of(std::span<const std::byte> payload, std::size_t consumed) noexcept {
  return {.state = status::frame, .payload = payload, .consumed = consumed};
}

}  // namespace

const char* to_string(framing kind) noexcept {
  switch (kind) {
    case framing::raw:
      return "raw";
    case framing::line:
      return "line";
    case framing::delimited:
      return "delimited";
    case framing::length32:
      return "length32";
  }
  return "unknown";
}

bool parse_framing(std::string_view name, framing& out) noexcept {
  for (framing kind : {framing::raw, framing::line, framing::delimited, framing::length32}) {
    if (name == to_string(kind)) {
      out = kind;
      return true;
    }
  }
  return false;
}

decoded frame_decoder::decode(std::span<const std::byte> input) noexcept {
  switch (kind_) {
    case framing::delimited:
      return decode_delimited(input);
    case framing::length32:
      return decode_length32(input);
    case framing::line:
      return decode_line(input);
    case framing::raw:
      break;
  }
  if (input.empty())
    return need_more(1);
  // A piece keeps the limit that a frame keeps, so that it can be echoed as one message.
  const std::size_t piece =
      std::min<std::size_t>(input.size(), std::max<std::uint32_t>(frame_bytes_max_, 1));
  return frame_of(input.first(piece), piece);
}

decoded frame_decoder::with_length(std::span<const std::byte> input, std::size_t prefix,
                                   std::uint64_t length) const noexcept {
  if (length > frame_bytes_max_)
    return failed(errc::frame_too_large);
  const std::uint64_t have = input.size() - prefix;
  if (have < length)
    return need_more(static_cast<std::size_t>(length - have));
  const auto bytes = static_cast<std::size_t>(length);
  return frame_of(input.subspan(prefix, bytes), prefix + bytes);
}

decoded frame_decoder::decode_delimited(std::span<const std::byte> input) const noexcept {
  // Most frames are shorter than 128 bytes: one byte of length.
  if (!input.empty() && value_of(input[0]) < 0x80)
    return with_length(input, 1, value_of(input[0]));
  // Like protobuf we take encodings that are longer than necessary. The verdict comes with the
  // prefix's last byte, however the bytes arrive: a value over the limit (35 bits fit) is too
  // large, a fifth byte that announces a sixth is malformed.
  std::uint64_t length = 0;
  const std::size_t seen = std::min(input.size(), varint_bytes_max);
  for (std::size_t i = 0; i < seen; ++i) {
    const std::uint64_t byte = value_of(input[i]);
    length |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80)
      return with_length(input, i + 1, length);
  }
  return seen == varint_bytes_max ? failed(errc::frame_malformed) : need_more(1);
}

decoded frame_decoder::decode_length32(std::span<const std::byte> input) const noexcept {
  if (input.size() < length32_bytes)
    return need_more(length32_bytes - input.size());
  const std::uint64_t length = value_of(input[0]) << 24 | value_of(input[1]) << 16 |
                               value_of(input[2]) << 8 | value_of(input[3]);
  return with_length(input, length32_bytes, length);
}

decoded frame_decoder::decode_line(std::span<const std::byte> input) noexcept {
  // The longest line stands in frame_bytes_max + 2 bytes: the payload and "\r\n".
  const std::uint64_t window_max = std::uint64_t{frame_bytes_max_} + 2;
  const auto window = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), window_max));
  const std::size_t begin = std::min<std::size_t>(scanned_, window);
  const void* found =
      begin < window ? std::memchr(input.data() + begin, '\n', window - begin) : nullptr;
  scanned_ = 0;
  if (found != nullptr) {
    const auto end = static_cast<std::size_t>(static_cast<const std::byte*>(found) - input.data());
    const bool carriage_return = end > 0 && input[end - 1] == std::byte{'\r'};
    const std::size_t length = end - (carriage_return ? 1 : 0);
    if (length > frame_bytes_max_)
      return failed(errc::frame_too_large);
    return frame_of(input.first(length), end + 1);
  }
  // Too long for certain? A last '\r' may still turn out to belong to the line's end.
  const bool maybe_end = window > 0 && input[window - 1] == std::byte{'\r'};
  if (window - (maybe_end ? 1 : 0) > frame_bytes_max_)
    return failed(errc::frame_too_large);
  scanned_ = static_cast<std::uint32_t>(
      std::min<std::size_t>(window, std::numeric_limits<std::uint32_t>::max()));
  return need_more(1);
}

frame_envelope encode_frame(framing kind, std::size_t payload_bytes) noexcept {
  assert(payload_bytes <= std::numeric_limits<std::uint32_t>::max());
  auto length = static_cast<std::uint32_t>(payload_bytes);
  frame_envelope around;
  switch (kind) {
    case framing::raw:
      break;
    case framing::line:
      around.suffix_bytes = 1;
      break;
    case framing::delimited:
      for (; length >= 0x80; length >>= 7)
        around.prefix[around.prefix_bytes++] = static_cast<std::byte>(length | 0x80);
      around.prefix[around.prefix_bytes++] = static_cast<std::byte>(length);
      break;
    case framing::length32:
      around.prefix = {static_cast<std::byte>(length >> 24), static_cast<std::byte>(length >> 16),
                       static_cast<std::byte>(length >> 8), static_cast<std::byte>(length)};
      around.prefix_bytes = length32_bytes;
      break;
  }
  return around;
}

}  // namespace actornet::net

#include "actornet/net/utf8.hpp"

namespace actornet::net {

namespace {

struct lead_bytes {
  std::uint8_t first, last;      // a range of them
  std::uint8_t following;        // bytes of the character after it
  std::uint8_t least, greatest;  // of the second byte
};

// RFC 3629, section 4. The second byte's range excludes overlong forms, surrogates and what is
// above U+10FFFF.
constexpr lead_bytes leads[] = {
    {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf}, {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf}, {0xf0, 0xf0, 3, 0x90, 0xbf},
    {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

}  // namespace

bool utf8_validator::begin_character(std::uint8_t lead) noexcept {
  if (lead < 0x80)
    return true;
  for (const lead_bytes& range : leads) {
    if (lead < range.first || lead > range.last)
      continue;
    missing_ = range.following;
    least_ = range.least;
    greatest_ = range.greatest;
    return true;
  }
  return false;
}

bool utf8_validator::append(std::span<const std::byte> piece) noexcept {
  for (const std::byte each : piece) {
    const auto byte = std::to_integer<std::uint8_t>(each);
    if (missing_ == 0) {
      if (!begin_character(byte))
        return false;
      continue;
    }
    if (byte < least_ || byte > greatest_)
      return false;
    --missing_;
    least_ = 0x80;
    greatest_ = 0xbf;
  }
  return true;
}

}  // namespace actornet::net

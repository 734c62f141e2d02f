#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace actornet::net {

/// Checks UTF-8 (RFC 3629: no surrogates, nothing above U+10FFFF, no overlong forms) in pieces.
class utf8_validator {
 public:
  /// False as soon as what came so far cannot be the beginning of valid text; final.
  bool append(std::span<const std::byte> piece) noexcept;

  /// Whether the text may end here: not inside a character.
  bool complete() const noexcept { return missing_ == 0; }

  void reset() noexcept { *this = {}; }

 private:
  bool begin_character(std::uint8_t lead) noexcept;

  std::uint8_t missing_ = 0;      // bytes of the character that has begun
  std::uint8_t least_ = 0x80;     // of the next one
  std::uint8_t greatest_ = 0xbf;  // of the next one
};

}  // namespace actornet::net

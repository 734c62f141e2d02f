#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace actornet::load {

/// Whether a payload may hold every byte or must survive as a line.
enum class alphabet : std::uint8_t {
  binary,  ///< all 256 values
  text,    ///< letters, digits, '+' and '/': no '\n', no '\r'
};

/// What the messages say: every byte follows from connection, sequence number and position, so that
/// every byte of an answer can be checked without keeping what was sent.
///
///     binary   connection (8 bytes, little-endian) | sequence (8) | filler
///     text     connection (16 hexadecimal digits)  | sequence (16) | filler
///
/// A payload too short for both numbers is all filler. Filler depends on both numbers, so an answer
/// of n bytes that belongs to another message goes unnoticed with probability 256^-n (text: 64^-n).
/// A payload of 0 bytes says nothing: only the number of answers is checked then.
class payload_pattern {
 public:
  payload_pattern(std::size_t payload_bytes, alphabet letters) noexcept;

  std::size_t bytes() const noexcept { return bytes_; }

  /// Writes the part of the payload that begins at @p offset and is as long as @p out.
  void write(std::uint64_t connection, std::uint64_t sequence, std::size_t offset,
             std::span<std::byte> out) const noexcept;

  /// How many bytes of @p part, which should be the payload's part at @p offset, are right before
  /// the first wrong one; `part.size()` when all are.
  std::size_t matching(std::uint64_t connection, std::uint64_t sequence, std::size_t offset,
                       std::span<const std::byte> part) const noexcept;

 private:
  std::size_t bytes_;
  alphabet letters_;
  bool has_numbers_;
};

}  // namespace actornet::load

#include "payload_pattern.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace actornet::load {

namespace {

constexpr std::size_t word_bytes = 8;
using word = std::array<std::byte, word_bytes>;

constexpr char letters64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char digits16[] = "0123456789abcdef";

constexpr std::size_t numbers_bytes(alphabet letters) {
  return letters == alphabet::binary ? 2 * word_bytes : 4 * word_bytes;
}

constexpr std::uint64_t mix(std::uint64_t value) {  // splitmix64's finalizer (Steele et al., 2014)
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

word binary_of(std::uint64_t value) {
  word out;
  for (std::size_t i = 0; i < word_bytes; ++i)
    out[i] = static_cast<std::byte>(value >> (8 * i));
  return out;
}

word hexadecimal_of(std::uint32_t value) {
  word out;
  for (std::size_t i = 0; i < word_bytes; ++i)
    out[i] = static_cast<std::byte>(digits16[(value >> (28 - 4 * i)) & 15]);
  return out;
}

word letters_of(std::uint64_t value) {
  word out;
  for (std::size_t i = 0; i < word_bytes; ++i)
    out[i] = static_cast<std::byte>(letters64[(value >> (8 * i)) & 63]);
  return out;
}

// The words of one payload, in any order.
struct words {
  std::uint64_t connection;
  std::uint64_t sequence;
  bool has_numbers;
  alphabet letters;
  std::uint64_t seed = mix(mix(connection) + sequence);

  word at(std::size_t index) const {
    const std::uint64_t filler = mix(seed + index * 0x9e3779b97f4a7c15);
    if (letters == alphabet::binary) {
      if (has_numbers && index < 2)
        return binary_of(index == 0 ? connection : sequence);
      return binary_of(filler);
    }
    if (has_numbers && index < 4) {
      const std::uint64_t number = index < 2 ? connection : sequence;
      return hexadecimal_of(static_cast<std::uint32_t>(index % 2 == 0 ? number >> 32 : number));
    }
    return letters_of(filler);
  }
};

}  // namespace

payload_pattern::payload_pattern(std::size_t payload_bytes, alphabet letters) noexcept
    : bytes_(payload_bytes),
      letters_(letters),
      has_numbers_(payload_bytes >= numbers_bytes(letters)) {}

void payload_pattern::write(std::uint64_t connection, std::uint64_t sequence, std::size_t offset,
                            std::span<std::byte> out) const noexcept {
  assert(offset + out.size() <= bytes_);
  const words all{connection, sequence, has_numbers_, letters_};
  while (!out.empty()) {
    const word whole = all.at(offset / word_bytes);
    const std::size_t skipped = offset % word_bytes;
    const std::size_t part = std::min(word_bytes - skipped, out.size());
    std::memcpy(out.data(), whole.data() + skipped, part);
    out = out.subspan(part);
    offset += part;
  }
}

std::size_t payload_pattern::matching(std::uint64_t connection, std::uint64_t sequence,
                                      std::size_t offset,
                                      std::span<const std::byte> part) const noexcept {
  std::array<std::byte, 512> expected;
  for (std::size_t done = 0; done < part.size();) {
    const std::size_t size = std::min(expected.size(), part.size() - done);
    write(connection, sequence, offset + done, std::span(expected).first(size));
    const auto got = part.subspan(done, size);
    const auto wrong = std::mismatch(got.begin(), got.end(), expected.begin()).first;
    done += static_cast<std::size_t>(wrong - got.begin());
    if (wrong != got.end())
      return done;
  }
  return part.size();
}

}  // namespace actornet::load

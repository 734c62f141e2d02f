#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

namespace actornet::cluster {

/// FNV-1a with 64 bits (G. Fowler, L. C. Noll, K.-P. Vo; draft-eastlake-fnv). The same on every
/// machine and in every version: it decides which node owns a key.
constexpr std::uint64_t key_hash(std::string_view key) noexcept {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (const char byte : key)
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100'0000'01b3;
  return hash;
}

/// Of a number: of the eight bytes of its value as int64 or uint64, the lowest first.
template <std::integral Number>
constexpr std::uint64_t key_hash(Number key) noexcept {
  char bytes[8] = {};
  for (int i = 0; i < 8; ++i)
    bytes[i] = static_cast<char>(static_cast<std::uint64_t>(key) >> (8 * i));
  return key_hash(std::string_view(bytes, 8));
}

/// Which of @p shards a key with this hash is in. The upper half is folded in, as the low bits of
/// FNV-1a depend on the low bits of the key only. @pre shards > 0
constexpr std::uint32_t shard_of(std::uint64_t hash, std::uint32_t shards) noexcept {
  return static_cast<std::uint32_t>((hash ^ (hash >> 32)) % shards);
}

}  // namespace actornet::cluster

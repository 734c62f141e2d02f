#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "actornet/net/clock.hpp"

namespace actornet::sim {

/// A deterministic stream of pseudo-random numbers: xoshiro256** seeded by splitmix64 (Blackman and
/// Vigna, 2018). The same seed gives the same numbers with every compiler and standard library.
/// Not thread-safe.
class generator {
 public:
  explicit generator(std::uint64_t seed) noexcept;

  std::uint64_t next() noexcept;

  /// Uniform in [0, @p bound). @pre bound > 0
  std::uint64_t below(std::uint64_t bound) noexcept;

  /// Uniform in [@p least, @p most]. @pre least <= most
  std::uint64_t between(std::uint64_t least, std::uint64_t most) noexcept;
  net::duration between(net::duration least, net::duration most) noexcept;

  /// True with this probability; 0 and less never is and draws no number.
  bool chance(double probability) noexcept;

  /// A stream of its own, so that what one consumer draws does not shift another's numbers.
  generator fork() noexcept { return generator(next()); }

  void fill(std::span<std::byte> bytes) noexcept;

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace actornet::sim

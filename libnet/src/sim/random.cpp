#include "actornet/sim/random.hpp"

#include <bit>
#include <cassert>

namespace actornet::sim {

generator::generator(std::uint64_t seed) noexcept {
  for (std::uint64_t& word : state_) {  // splitmix64: similar seeds give unrelated states
    seed += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    word = mixed ^ (mixed >> 31);
  }
}

std::uint64_t generator::next() noexcept {
  const std::uint64_t drawn = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return drawn;
}

std::uint64_t generator::below(std::uint64_t bound) noexcept {
  assert(bound > 0);
  const std::uint64_t biased = (0 - bound) % bound;  // numbers below would favour small results
  std::uint64_t drawn = next();
  while (drawn < biased)
    drawn = next();
  return drawn % bound;
}

std::uint64_t generator::between(std::uint64_t least, std::uint64_t most) noexcept {
  assert(least <= most);
  const std::uint64_t span = most - least + 1;
  return span == 0 ? next() : least + below(span);
}

net::duration generator::between(net::duration least, net::duration most) noexcept {
  assert(least <= most);
  const auto span = static_cast<std::uint64_t>((most - least).count());
  return least + net::duration(static_cast<net::duration::rep>(between(std::uint64_t{0}, span)));
}

bool generator::chance(double probability) noexcept {
  if (probability <= 0)
    return false;
  constexpr double unit = 1.0 / 9007199254740992.0;  // 2^-53: exact, so the same everywhere
  return static_cast<double>(next() >> 11) * unit < probability;
}

void generator::fill(std::span<std::byte> bytes) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i, word >>= 8) {
    if (i % 8 == 0)
      word = next();
    bytes[i] = static_cast<std::byte>(word & 0xff);
  }
}

}  // namespace actornet::sim

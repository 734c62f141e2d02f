#pragma once

#include <cstdint>

#include "actornet/net/clock.hpp"

namespace actornet::cluster::detail {

/// Numbers from a seed: splitmix64 (Steele, Lea and Flood, OOPSLA 2014). Not thread-safe.
class chance {
 public:
  explicit chance(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }

  /// 0 and less never is and draws no number.
  bool of(double probability) noexcept {
    return probability > 0 && static_cast<double>(next() >> 11) * 0x1p-53 < probability;
  }

  net::duration between(net::duration least, net::duration most) noexcept {
    const auto span = static_cast<std::uint64_t>((most - least).count());
    return span == 0 ? least : least + net::duration(static_cast<std::int64_t>(next() % span));
  }

 private:
  std::uint64_t state_;
};

}  // namespace actornet::cluster::detail

#pragma once

#include <cstdint>

#include "actornet/net/clock.hpp"

namespace actornet::net {

/// How often something may happen: @p per_second on the average, @p burst at once after a rest.
struct rate_limit {
  std::uint32_t per_second = 0;  ///< 0: no limit
  std::uint32_t burst = 1;       ///< tokens that a full bucket holds; 0 counts as 1
};

/// What a rate limiter says: yes, or how long to wait until it could say so.
struct rate_verdict {
  duration wait{};  ///< zero: taken; `duration::max()`: never, more than the burst was asked for

  explicit operator bool() const noexcept { return wait == duration::zero(); }
};

/// A bucket of tokens that fills at a steady rate. Exact: no token is lost or gained by rounding,
/// whatever the times. No allocation. Not thread-safe.
class token_bucket {
 public:
  /// Full at @p now.
  token_bucket(const rate_limit& limit, time_point now) noexcept
      : limit_(limit), level_(capacity()), at_(now) {}

  /// Takes @p amount tokens, or none and says when they would be there. A time before the last one
  /// counts as that one.
  rate_verdict take(time_point now, std::uint32_t amount = 1) noexcept;

  /// Whether it says no more than a new one.
  bool full(time_point now) noexcept;

 private:
  static constexpr std::uint64_t token = 1'000'000'000;  // level: tokens times nanoseconds a second

  std::uint64_t capacity() const noexcept { return token * (limit_.burst == 0 ? 1 : limit_.burst); }
  void fill(time_point now) noexcept;

  rate_limit limit_;
  std::uint64_t level_;
  time_point at_;
};

}  // namespace actornet::net

#include "latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace actornet::load {

namespace {

// Range number `shift * half + (value >> shift)`: the first 2 * half ranges are one wide, then
// every `half` ranges are twice as wide as those before.
constexpr unsigned half_bits = 10;
constexpr std::uint64_t half = std::uint64_t{1} << half_bits;
constexpr std::size_t ranges = (64 - half_bits + 1) * half;

std::size_t range_of(std::uint64_t value) noexcept {
  const unsigned bits = static_cast<unsigned>(std::bit_width(value));
  const unsigned shift = bits > half_bits + 1 ? bits - half_bits - 1 : 0;
  return static_cast<std::size_t>(shift * half + (value >> shift));
}

std::uint64_t last_of(std::size_t range) noexcept {
  if (range < 2 * half)
    return range;
  const std::uint64_t shift = range / half - 1;
  const std::uint64_t mantissa = range - shift * half;
  return (mantissa << shift) + ((std::uint64_t{1} << shift) - 1);
}

}  // namespace

latency_histogram::latency_histogram() : counts_(ranges) {}

void latency_histogram::record(std::uint64_t nanoseconds) noexcept {
  ++counts_[range_of(nanoseconds)];
  ++count_;
  max_ = std::max(max_, nanoseconds);
}

std::uint64_t latency_histogram::percentile(double percent) const noexcept {
  if (count_ == 0)
    return 0;
  constexpr double rounding = 1e-12;  // what the arithmetic may have put on a whole number
  const double exact = percent / 100 * static_cast<double>(count_) * (1 - rounding);
  const auto rank =
      std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(exact)), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t range = 0; range < counts_.size(); ++range)
    if ((seen += counts_[range]) >= rank)
      return std::min(last_of(range), max_);
  return max_;
}

}  // namespace actornet::load

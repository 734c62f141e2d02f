#pragma once

#include <cstdint>
#include <vector>

namespace actornet::load {

/// Counts durations in nanoseconds, from 0 to 2^64 - 1, to three significant digits: values below
/// 2,048 exactly, above in ranges that are a power of two wide and at most a 1,024th of the value
/// (the layout of HdrHistogram, hdrhistogram.org). 440 KB; recording is O(1) and never allocates.
class latency_histogram {
 public:
  latency_histogram();

  void record(std::uint64_t nanoseconds) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }  ///< exact; 0 when empty

  /// The smallest recorded value that at least @p percent of all values do not exceed (0 < percent
  /// <= 100), as the end of its range, which never exceeds `max()`. 0 when empty.
  std::uint64_t percentile(double percent) const noexcept;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace actornet::load

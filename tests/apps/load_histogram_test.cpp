#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "latency_histogram.hpp"

namespace actornet::load {
namespace {

// What `percentile` approximates: the value of this rank among the sorted ones.
std::uint64_t exact_percentile(std::vector<std::uint64_t> values, double percent) {
  std::ranges::sort(values);
  const auto rank =
      static_cast<std::size_t>(std::ceil(percent * static_cast<double>(values.size()) / 100));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

TEST(latency_histogram, an_empty_one_has_no_latencies) {
  const latency_histogram empty;
  EXPECT_EQ(empty.count(), 0u);
  EXPECT_EQ(empty.max(), 0u);
  EXPECT_EQ(empty.percentile(50), 0u);
  EXPECT_EQ(empty.percentile(100), 0u);
}

TEST(latency_histogram, one_value_is_every_percentile) {
  latency_histogram one;
  one.record(123'456'789);
  for (const double percent : {0.001, 50.0, 99.9, 100.0})
    EXPECT_EQ(one.percentile(percent), 123'456'789u);
}

TEST(latency_histogram, values_below_2048_are_exact) {
  latency_histogram exact;
  for (std::uint64_t value = 0; value < 2048; ++value)
    exact.record(value);
  for (std::uint64_t value = 0; value < 2048; ++value) {
    const double percent = 100 * (static_cast<double>(value) + 0.5) / 2048;
    EXPECT_EQ(exact.percentile(percent), value);
  }
}

TEST(latency_histogram, ranges_neither_overlap_nor_leave_gaps) {
  std::uint64_t before = 0;
  for (unsigned bit = 1; bit < 64; ++bit) {
    for (const std::uint64_t distance : {-1, 0, 1}) {
      const std::uint64_t value = (std::uint64_t{1} << bit) + distance;
      latency_histogram both;
      both.record(value);
      both.record(~std::uint64_t{0});  // so that the maximum does not cut the range
      const std::uint64_t shown = both.percentile(50);
      EXPECT_GE(shown, value);
      EXPECT_LE(shown - value, value / 1024);
      EXPECT_GE(shown, before) << "larger values have larger percentiles";
      before = shown;
    }
  }
}

TEST(latency_histogram, percentiles_keep_three_digits_of_any_distribution) {
  std::mt19937_64 random(20'240'611);
  std::lognormal_distribution<double> microseconds(3, 2);
  std::vector<std::uint64_t> values;
  latency_histogram measured;
  for (int i = 0; i < 100'000; ++i) {
    values.push_back(static_cast<std::uint64_t>(1000 * microseconds(random)));
    measured.record(values.back());
  }
  for (const double percent : {0.01, 1.0, 10.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto exact = static_cast<double>(exact_percentile(values, percent));
    const auto shown = static_cast<double>(measured.percentile(percent));
    EXPECT_GE(shown, exact) << percent;
    EXPECT_LE(shown, exact * 1.001) << percent;
  }
  EXPECT_EQ(measured.count(), values.size());
  EXPECT_EQ(measured.max(), std::ranges::max(values));
}

TEST(latency_histogram, a_rank_that_is_a_whole_number_is_not_rounded_up) {
  latency_histogram thousand;
  for (std::uint64_t value = 1; value <= 1000; ++value)
    thousand.record(value);
  EXPECT_EQ(thousand.percentile(99.9), 999u);  // 99.9 / 100 * 1000 is a bit over 999 in binary
  EXPECT_EQ(thousand.percentile(55), 550u);
}

TEST(latency_histogram, the_largest_value_is_exact) {
  latency_histogram extremes;
  extremes.record(0);
  extremes.record(~std::uint64_t{0});
  EXPECT_EQ(extremes.percentile(50), 0u);
  EXPECT_EQ(extremes.percentile(100), ~std::uint64_t{0});
  EXPECT_EQ(extremes.max(), ~std::uint64_t{0});
}

TEST(latency_histogram, a_rank_between_two_values_is_the_upper_one) {
  latency_histogram two;
  two.record(10);
  two.record(20);
  EXPECT_EQ(two.percentile(50), 10u);
  EXPECT_EQ(two.percentile(50.1), 20u);
}

}  // namespace
}  // namespace actornet::load

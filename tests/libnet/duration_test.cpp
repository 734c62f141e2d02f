#include "actornet/net/duration.hpp"

#include <gtest/gtest.h>

#include <string>

namespace actornet::net {
namespace {

using namespace std::chrono_literals;

void expect_duration(std::string_view text, duration expected) {
  const auto parsed = parse_duration(text);
  ASSERT_TRUE(parsed) << text;
  EXPECT_EQ(*parsed, expected) << text;
}

void expect_error(std::string_view text, std::errc expected) {
  const auto parsed = parse_duration(text);
  EXPECT_FALSE(parsed) << text;
  EXPECT_EQ(parsed.error(), expected) << text;
}

TEST(duration, every_unit_is_known) {
  expect_duration("7ns", 7ns);
  expect_duration("7us", 7us);
  expect_duration("500ms", 500ms);
  expect_duration("5s", 5s);
  expect_duration("2m", 2min);
  expect_duration("3h", 3h);
}

TEST(duration, fractions_are_taken_and_cut_at_a_nanosecond) {
  expect_duration("1.5s", 1500ms);
  expect_duration("0.25m", 15s);
  expect_duration("1.50h", 90min);
  expect_duration("0.0000000019s", 1ns);
  expect_duration("1.9ns", 1ns);
}

TEST(duration, zero_needs_no_unit) {
  expect_duration("0", 0ns);
  expect_duration("0s", 0ns);
  expect_duration("0.0ms", 0ns);
}

TEST(duration, what_is_not_a_number_and_a_unit_is_invalid) {
  for (const std::string_view text : {"", "5", "s", "5 s", " 5s", "5s ", "-5s", "+5s", "5S", "5sec",
                                      "1m30s", ".5s", "5.s", "1.2.3s", "1e3s", "0.0", "00", "0x5s"})
    expect_error(text, std::errc::invalid_argument);
}

TEST(duration, the_longest_one_is_292_years) {
  expect_duration("2562046h", 2562046h);
  expect_error("2562048h", std::errc::result_out_of_range);
  expect_error("9223372036854775807s", std::errc::result_out_of_range);
  expect_error("99999999999999999999999ns", std::errc::result_out_of_range);
}

TEST(duration, a_fraction_cannot_overflow) {
  expect_error("2562047.9h", std::errc::result_out_of_range);
  expect_duration("2562046.5h", 2562046h + 30min);
}

}  // namespace
}  // namespace actornet::net

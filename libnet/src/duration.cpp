#include "actornet/net/duration.hpp"

#include <limits>

namespace actornet::net {

namespace {

using rep = duration::rep;

constexpr rep rep_max = std::numeric_limits<rep>::max();

struct unit {
  std::string_view name;
  rep nanoseconds;
};

constexpr unit units[] = {
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
};

constexpr bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

std::string_view take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count]))
    ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

// Nanoseconds of one unit; 0: no such unit.
rep unit_of(std::string_view name, bool may_be_none) {
  if (name.empty())
    return may_be_none ? 1 : 0;
  for (const unit& known : units)
    if (name == known.name)
      return known.nanoseconds;
  return 0;
}

}  // namespace

result<duration> parse_duration(std::string_view text) {
  const std::string_view whole = take_digits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty())
      return std::make_error_code(std::errc::invalid_argument);
  }
  const bool is_zero = whole == "0" && fraction.empty();
  const rep unit = unit_of(text, is_zero);
  if (whole.empty() || unit == 0)
    return std::make_error_code(std::errc::invalid_argument);
  rep count = 0;
  for (const char digit : whole) {
    if (count > (rep_max - 9) / 10)
      return std::make_error_code(std::errc::result_out_of_range);
    count = count * 10 + (digit - '0');
  }
  if (count > (rep_max - unit) / unit)
    return std::make_error_code(std::errc::result_out_of_range);
  rep nanoseconds = count * unit;
  rep place = unit;
  for (const char digit : fraction) {
    place /= 10;
    nanoseconds += (digit - '0') * place;
  }
  return duration(nanoseconds);
}

}  // namespace actornet::net

#include "number_text.hpp"

#include <cmath>
#include <cstdio>

namespace actornet::load {

namespace {

struct scale {
  double size;
  const char* name;
};

// Three significant digits of what fits the largest unit not above it.
template <std::size_t Count>
std::string scaled(double value, const scale (&units)[Count]) {
  std::size_t best = 0;
  // 999.5 of a unit would be rounded to 1000.
  while (best + 1 < Count && std::abs(value) >= 0.9995 * units[best + 1].size)
    ++best;
  const double shown = value / units[best].size;
  const double magnitude = std::abs(shown);
  const bool whole = magnitude >= 99.95 || units[best].size == 1;
  const int decimals = whole ? 0 : magnitude >= 9.995 ? 1 : 2;
  return decimal_text(shown, decimals) + " " + units[best].name;
}

}  // namespace

std::string number_text(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::ptrdiff_t first = number < 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > first; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string decimal_text(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string time_text(double nanoseconds) {
  static constexpr scale units[] = {{1, "ns"}, {1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}};
  return scaled(nanoseconds, units);
}

std::string bytes_text(double bytes) {
  static constexpr scale units[] = {
      {1, "B"}, {1024.0, "KiB"}, {1024.0 * 1024, "MiB"}, {1024.0 * 1024 * 1024, "GiB"}};
  return scaled(bytes, units);
}

}  // namespace actornet::load

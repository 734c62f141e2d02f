#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

/// What libFuzzer calls with each input; each target defines it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace actornet::fuzz {

/// Ends the program, which libFuzzer reports with the input that did it, when @p holds is false.
inline void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

/// Takes an input apart: a few bytes that choose settings, then the rest.
class input_reader {
 public:
  input_reader(const std::uint8_t* data, std::size_t size)
      : rest_(std::as_bytes(std::span(data, size))) {}

  /// The next byte, 0 behind the end.
  std::uint8_t byte() {
    if (rest_.empty())
      return 0;
    const auto value = std::to_integer<std::uint8_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return value;
  }

  std::span<const std::byte> rest() const { return rest_; }

 private:
  std::span<const std::byte> rest_;
};

/// A fixed sequence of numbers for each seed: inputs must behave the same at each run.
class number_sequence {
 public:
  explicit number_sequence(std::uint32_t seed) : state_(seed) {}

  /// 1 to @p max.
  std::size_t up_to(std::size_t max) {
    state_ = state_ * 1664525 + 1013904223;  // Numerical Recipes, section 7.1
    return 1 + (state_ >> 8) % max;
  }

 private:
  std::uint32_t state_;
};

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace actornet::fuzz

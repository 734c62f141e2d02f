#pragma once

#include <cstdint>
#include <string>

namespace actornet::load {

/// 1234567 as "1,234,567".
std::string number_text(std::int64_t number);

/// @p value with @p decimals digits behind the point.
std::string decimal_text(double value, int decimals);

/// A duration in nanoseconds with three digits and its unit: "950 ns", "7.43 µs", "12.3 ms".
std::string time_text(double nanoseconds);

/// A number of bytes with its unit: "812 B", "12.3 MiB".
std::string bytes_text(double bytes);

}  // namespace actornet::load

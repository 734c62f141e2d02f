#pragma once

#include <string_view>

#include "actornet/net/clock.hpp"
#include "actornet/result.hpp"

namespace actornet::net {

/// Parses a duration as people write it on a command line: a decimal number and a unit, `ns`, `us`,
/// `ms`, `s`, `m` or `h`, without space between or around: `5s`, `500ms`, `1.5m`; `0` needs no
/// unit. What is finer than a nanosecond is cut off. Errors: `std::errc::invalid_argument`, and
/// `std::errc::result_out_of_range` for more than 292 years.
result<duration> parse_duration(std::string_view text);

}  // namespace actornet::net

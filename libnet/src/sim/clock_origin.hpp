#pragma once

#include <chrono>

#include "actornet/net/clock.hpp"

namespace actornet::sim {

/// When worlds begin. Not zero, as no real clock starts there either.
inline constexpr net::time_point clock_origin{std::chrono::hours(1)};

}  // namespace actornet::sim

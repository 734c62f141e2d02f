#pragma once

#include <chrono>

#include "actornet/net/clock.hpp"

namespace actornet::sim {

/// When worlds begin. Not zero, as no real clock starts there either.
inline constexpr net::time_point clock_origin{std::chrono::hours(1)};

/// Their date then: 2026-01-01T00:00:00Z.
inline constexpr net::wall_time wall_origin{std::chrono::seconds(1'767'225'600)};

}  // namespace actornet::sim

#pragma once

#include <cstdint>
#include <optional>

#include "actornet/net/clock.hpp"

namespace actornet::net {

/// The processor time that process @p id and all its threads, ended ones too, used since it began:
/// user and system, to the nanosecond. Nothing when there is no such process, or where the system
/// does not tell (POSIX clock_getcpuclockid(3)).
std::optional<duration> process_cpu_time(std::uint32_t id) noexcept;

/// The system's calendar clock, for code that runs on no loop. Elsewhere: `loop::wall_now()`, which
/// a simulator can move.
wall_time system_wall_time() noexcept;

}  // namespace actornet::net

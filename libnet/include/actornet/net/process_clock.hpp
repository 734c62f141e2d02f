#pragma once

#include <cstdint>
#include <optional>

#include "actornet/net/clock.hpp"

namespace actornet::net {

/// The processor time that process @p id and all its threads, ended ones too, used since it began:
/// user and system, to the nanosecond. Nothing when there is no such process, or where the system
/// does not tell (POSIX clock_getcpuclockid(3)).
std::optional<duration> process_cpu_time(std::uint32_t id) noexcept;

}  // namespace actornet::net

#pragma once

#include <cstdint>
#include <optional>

namespace actornet::load {

/// The memory that process @p id has resident now, in bytes (Linux's `/proc`; elsewhere, and
/// without such a process, nothing). It takes the system a while to count, during which the process
/// cannot change its memory: do not ask while measuring.
std::optional<std::uint64_t> process_resident_bytes(std::uint32_t id);

}  // namespace actornet::load

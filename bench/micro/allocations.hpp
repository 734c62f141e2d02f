#pragma once

#include <cstdint>

namespace actornet::bench {

/// How often the calling thread has called `operator new`.
std::uint64_t allocations() noexcept;

}  // namespace actornet::bench

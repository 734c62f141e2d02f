#pragma once

#include <cstdint>
#include <functional>

namespace actornet::rooms {

/// Says what time it is for people: milliseconds of Unix time. It may jump. Called from any thread.
using wall_clock = std::function<std::int64_t()>;

}  // namespace actornet::rooms

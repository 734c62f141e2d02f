#pragma once

#include <chrono>

namespace actornet::net {

/// The runtime's time: monotonic nanoseconds that only a loop's backend can read, so that a
/// simulator can move them. There is deliberately no `now()` here: ask `loop::now()`.
struct clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<clock>;
  static constexpr bool is_steady = true;
};

using duration = clock::duration;
using time_point = clock::time_point;

/// "No deadline".
inline constexpr time_point never = time_point::max();

/// @p from plus @p wait; a wait that cannot be represented is `never`.
constexpr time_point deadline_after(time_point from, duration wait) {
  return wait >= never - from ? never : from + wait;
}

}  // namespace actornet::net

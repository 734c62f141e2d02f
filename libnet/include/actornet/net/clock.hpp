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

/// What calendars show, in milliseconds since 1970-01-01T00:00:00Z without leap seconds. It may
/// jump in either direction: for dates (a token's expiry, a message's time), never for waiting. On
/// a loop ask `loop::wall_now()`; programs without a loop ask `system_wall_time()`.
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// "No deadline".
inline constexpr time_point never = time_point::max();

/// @p from plus @p wait; a wait that cannot be represented is `never`.
constexpr time_point deadline_after(time_point from, duration wait) {
  return wait >= never - from ? never : from + wait;
}

}  // namespace actornet::net

#pragma once

#include <atomic>
#include <cstdint>

#include "actornet/runtime.hpp"
#include "options.hpp"

namespace actornet::echo {

/// What the styles `actor` and `typed` count: each frame once at each station.
struct stations {
  std::atomic<std::uint64_t> decoded{0};  ///< taken from a connection
  std::atomic<std::uint64_t> handled{0};  ///< answered by an actor
  std::atomic<std::uint64_t> encoded{0};  ///< handed to a connection
};

/// Adds the listeners that @p chosen asks for. @p counted must outlive @p rt. Throws
/// `std::system_error` when one cannot listen.
void set_up(runtime& rt, const options& chosen, stations& counted);

/// How a style is set up; one for each in its own file.
void listen_session(runtime& rt, const options& chosen);
void listen_actor(runtime& rt, const options& chosen, stations& counted);
void listen_typed(runtime& rt, const options& chosen, stations& counted);

/// The listener's options that the command line asks for.
listen_options listener_options(const options& chosen);

}  // namespace actornet::echo

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "actornet/dial_options.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/result.hpp"

namespace actornet {

/// Limits and times of a connection pool. A duration of zero switches that one off.
struct pool_limits {
  std::size_t open_max = 64;       ///< connections, over all loops
  bool may_wait = true;            ///< false: at `open_max` a lease fails at once
  std::size_t waiting_max = 1024;  ///< leases that wait, on one loop
  net::duration idle_timeout = std::chrono::seconds(30);  ///< unused for so long: closed
  net::duration lifetime_max{};                           ///< since it was made
  net::duration heartbeat_every{};                        ///< while it is idle
  net::duration dial_timeout = std::chrono::seconds(10);
  net::duration hook_timeout = std::chrono::seconds(5);  ///< of a reset or heartbeat

  /// A lease of one loop may wait so much longer than those of another before it gets a connection
  /// that the other loop could use itself.
  net::duration other_loops_wait_max = std::chrono::milliseconds(100);
};

/// What a pool of `Peer`s does.
template <class Peer>
struct pool_options {
  /// A task that talks to the peer; an error (or an exception, which is logged) means that the
  /// connection is good for nothing.
  using hook = std::function<task<result<void>>(Peer&)>;

  pool_limits limits;
  dial_options dial = dial_options::of<Peer>();
  hook reset;      ///< run when a connection is given back, before anybody gets it
  hook heartbeat;  ///< run for idle ones, every `heartbeat_every`
};

/// Why a pool closed a connection.
enum class pool_discard : std::uint8_t {
  broken,     ///< its stream ended or failed, or it was in use when it was given back
  unread,     ///< it was given back with unread input, or something came while it was idle
  requested,  ///< `leased::discard`
  idle,       ///< unused for `idle_timeout`
  lifetime,   ///< older than `lifetime_max`
  reset,      ///< its reset failed
  heartbeat,  ///< its heartbeat failed
  moved,      ///< another loop needed its place
  closed,     ///< the pool was closed, or the runtime drains
};

/// Figures of a pool. What is there now may be a little old; the rest counts from the beginning.
struct pool_statistics {
  std::size_t open = 0;     ///< connections, also those that are being made; never above `open_max`
  std::size_t idle = 0;     ///< that nobody uses
  std::size_t leased = 0;   ///< that somebody uses, or that a hook is run on
  std::size_t waiting = 0;  ///< leases that wait for another to end

  std::uint64_t leases = 0;                  ///< that were granted
  std::uint64_t waited = 0;                  ///< leases that had to wait for another to end
  std::uint64_t timed_out = 0;               ///< leases whose deadline passed
  std::uint64_t created = 0;                 ///< connections that were made
  std::uint64_t failed = 0;                  ///< connections that could not be made
  std::array<std::uint64_t, 9> discarded{};  ///< by `pool_discard`

  std::uint64_t discarded_for(pool_discard why) const noexcept {
    return discarded[static_cast<std::size_t>(why)];
  }
};

}  // namespace actornet

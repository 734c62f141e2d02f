#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/service.hpp"
#include "actornet/cluster/shard_set.hpp"
#include "actornet/flow/task.hpp"

namespace actornet::cluster {

/// Limits of a host.
struct host_options {
  std::size_t calls_max = 256;    ///< in work at a time, streams included; more wait
  std::size_t waiting_max = 256;  ///< calls; more are refused with `overloaded`
  net::duration deadline_max = std::chrono::minutes(5);    ///< of a call that is no stream
  net::duration heartbeat = std::chrono::seconds(1);       ///< a stream says that it is there
  net::duration silence_max = std::chrono::seconds(5);     ///< of a stream's asker; then it is gone
  net::duration release_linger = std::chrono::seconds(2);  ///< a released shard answers `moved`
};

/// Figures of a host, from its beginning on.
struct host_statistics {
  std::size_t in_work = 0;       ///< calls now
  std::size_t waiting = 0;       ///< calls now
  std::uint64_t requests = 0;    ///< that came
  std::uint64_t replies = 0;     ///< calls that ended without error
  std::uint64_t failures = 0;    ///< calls that ended with one
  std::uint64_t expired = 0;     ///< requests whose time was up before they were begun
  std::uint64_t cut = 0;         ///< calls that were told to stop as their time was up
  std::uint64_t overloaded = 0;  ///< requests refused: too much waits
  std::uint64_t moved = 0;       ///< requests refused: the shard was released
  std::uint64_t malformed = 0;  ///< requests and controls refused: garbage, version, no such method
};

namespace detail {
class host_state;
}

/// One instance of a service: serves what comes over a bus, on the loop that made it. To serve on
/// several loops make one on each. Move-only, loop-bound.
///
/// When it goes without a `drain`, calls in work are told to stop (`shutting_down`) and are not
/// answered. The bus must outlive it.
class service_host {
 public:
  /// Serves from here on; what is keyed only for shards that `shards()` is told to own. Throws
  /// `std::invalid_argument` when it has keyed methods and no shards.
  service_host(bus& over, std::shared_ptr<service> served, host_options options = {});
  service_host(service_host&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  service_host& operator=(service_host&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~service_host();

  /// Which shards of the service are served here. At first none. Lives as long as this. Throws
  /// `std::out_of_range` for a shard that the service does not have.
  shard_set& shards() noexcept;

  /// `co_await host.drain()`: nothing new is served, streams are told to stop (`shutting_down`);
  /// returns when all calls have ended. When the waiting task is told to stop, so are the calls.
  /// Requests on their way here may be lost then: who asked sees `timed_out`. Once.
  task<> drain();

  const host_statistics& statistics() const noexcept;

 private:
  detail::host_state* state_;
};

}  // namespace actornet::cluster

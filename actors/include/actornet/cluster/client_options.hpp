#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "actornet/cluster/call.hpp"
#include "actornet/net/clock.hpp"

namespace actornet::cluster {

/// Limits and habits of a service's client.
struct client_options {
  net::duration deadline_max = std::chrono::seconds(30);  ///< of a request; of a stream's opening

  /// An idempotent method is tried again after `disconnected`, and when an attempt got no answer in
  /// `attempt_timeout`. Before that it waits a time drawn from zero to `backoff_min`, doubled each
  /// time, at most `backoff_max`. So it does when a shard has moved.
  net::duration attempt_timeout = std::chrono::seconds(1);
  std::uint32_t attempts_max = 3;
  std::uint32_t moves_max = 32;  ///< times that a shard was elsewhere; then `unavailable`
  net::duration backoff_min = std::chrono::milliseconds(10);
  net::duration backoff_max = std::chrono::seconds(1);

  std::size_t streams_max = 1024;    ///< open at a time
  std::uint32_t stream_credit = 32;  ///< items of a stream that wait here, of 64 KiB at most
  net::duration heartbeat = std::chrono::seconds(1);    ///< a stream's asker says that it is there
  net::duration silence_max = std::chrono::seconds(5);  ///< of a stream's server; then it is gone
};

/// Figures of a client, from its beginning on. Each request ends as one of them.
struct client_statistics {
  std::size_t in_work = 0;         ///< requests now, openings of streams included
  std::size_t streams = 0;         ///< open now
  std::uint64_t requests = 0;      ///< that were asked for
  std::uint64_t replies = 0;       ///< that were answered without error
  std::uint64_t own_errors = 0;    ///< answered with an error of the service's own
  std::uint64_t timed_out = 0;     ///< ended so
  std::uint64_t unavailable = 0;   ///< ended so
  std::uint64_t disconnected = 0;  ///< ended so
  std::uint64_t overloaded = 0;    ///< ended so
  std::uint64_t other_errors = 0;  ///< ended with any other error
  std::uint64_t retried = 0;       ///< attempts after the first, of idempotent methods
  std::uint64_t moved = 0;         ///< attempts that met a node without the shard
  std::uint64_t malformed = 0;     ///< answers and items that were not understood
};

/// How one request is asked: `client.reserve(request, deadline)`,
/// `client.reserve(request, {deadline, context})`.
struct ask_options {
  ask_options(net::time_point until = net::never, std::uint64_t trace = 0) noexcept
      : deadline(until), trace_id(trace) {}

  /// On behalf of a call that is served: with its trace, and not for longer than it.
  ask_options(net::time_point until, const call& by) noexcept
      : deadline(until < by.deadline() ? until : by.deadline()), trace_id(by.trace_id()) {}

  net::time_point deadline;
  std::uint64_t trace_id;  ///< 0: drawn by chance
};

}  // namespace actornet::cluster

#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "actornet/dial.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/flow/time.hpp"

namespace actornet {

/// What a reconnecting client does at the moment.
///
///     dialing ──connected──> connected ──lost──┐
///        ^ └───────── failed ──────────────────┤
///        └─────── waiting <──few failures──────┤
///     probing <── circuit_open <──too many─────┘      probing is a dialing
///
/// From everywhere to `over`.
enum class reconnect_phase : std::uint8_t {
  dialing,
  connected,     ///< the session runs
  waiting,       ///< before the next dial
  circuit_open,  ///< waiting longer: `failures_max` failures came in a row
  probing,       ///< the one dial after that (the circuit is half-open)
  over,
};

/// Phase and figures of a reconnecting client.
struct reconnect_status {
  reconnect_phase phase = reconnect_phase::dialing;
  std::uint64_t dials = 0;           ///< that were begun
  std::uint64_t connections = 0;     ///< that were made
  std::uint32_t failures_row = 0;    ///< since the last connection that was steady
  std::uint64_t circuit_opened = 0;  ///< times
  std::error_code last_error;        ///< of a dial or session; none before the first
  net::time_point next_dial_at{};    ///< while waiting
};

/// Habits of a reconnecting client.
struct reconnect_options {
  /// Before dial n after a steady connection it waits a time drawn uniformly from zero to
  /// `backoff_min * backoff_factor^(n-1)`, at most `backoff_max` ("full jitter": M. Brooker,
  /// Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
  net::duration backoff_min = std::chrono::milliseconds(100);
  net::duration backoff_max = std::chrono::seconds(30);
  double backoff_factor = 2;

  net::duration steady_after = std::chrono::seconds(10);  ///< a shorter life is a failure
  std::uint32_t failures_max = 0;  ///< in a row, before the circuit opens; 0: it never does
  net::duration open_for = std::chrono::seconds(30);
  std::uint32_t attempts_max = 0;  ///< failures in a row before it gives up; 0: it never does

  /// Whether it gives up now, after `last_error`; empty: see `attempts_max`. On the client's loop.
  std::function<bool(const reconnect_status&)> gives_up = {};

  net::duration dial_timeout = std::chrono::seconds(10);  ///< zero: none
  std::optional<dial_options> dial;                       ///< without: `dial_options::of<Peer>()`

  /// Told of each change, on the loop of the client.
  std::function<void(const reconnect_status&)> on_change;
};

namespace detail {

/// What is independent of the session: when to dial next, when to give up.
class reconnector {
 public:
  reconnector(net::loop& home, const reconnect_options& options) noexcept
      : home_(home), options_(options) {}

  /// A dial begins: until when it may take.
  net::time_point dial();
  void connected();

  /// A dial or session ended; `why` is none if the session is done. True when all is over, else
  /// `next_dial_at` says how long to wait.
  bool ended(std::error_code why, const task_context& context);

  /// Whether the task is to stop, after a wait.
  bool cancelled(const task_context& context);
  void over() { enter(reconnect_phase::over); }

  net::time_point next_dial_at() const noexcept { return status_.next_dial_at; }

  /// How it was over.
  result<void> outcome() const noexcept { return outcome_; }

 private:
  void enter(reconnect_phase next);
  std::optional<result<void>> verdict(std::error_code why, const task_context& context) const;
  bool steady() const noexcept;
  net::duration backoff();

  net::loop& home_;
  const reconnect_options& options_;
  reconnect_status status_;
  net::time_point connected_at_ = net::never;
  result<void> outcome_;
};

/// Knows why a connection was lost, also once it is gone.
class connection_fate {
 public:
  /// On the connection's loop, before its session begins.
  explicit connection_fate(const control_ref& of);

  /// Why it was lost; none while it was not, or if our side closed it.
  std::error_code loss() const;

 private:
  control_ref of_;
  std::shared_ptr<errc> closed_because_ = std::make_shared<errc>();
};

template <class Session, class Peer>
task<std::error_code> run_session(Session& session, outgoing<Peer> peer) {
  if constexpr (std::same_as<std::invoke_result_t<Session&, outgoing<Peer>>, task<>>) {
    const connection_fate fate(peer.ref().control());
    co_await session(std::move(peer));
    const task_context& context = co_await this_task();
    if (context.cancelled())
      co_return context.cancel_reason();
    co_return fate.loss();
  } else {
    const result<void> outcome = co_await session(std::move(peer));
    co_return outcome.error();
  }
}

}  // namespace detail

/// What runs on each connection of a reconnecting client.
template <class Session, class Peer>
concept client_session = requires(Session& session, outgoing<Peer> peer) {
  requires std::same_as<decltype(session(std::move(peer))), task<>> ||
      std::same_as<decltype(session(std::move(peer))), task<result<void>>>;
};

/// A client that comes back: `co_await reconnecting<byte_stream>(uri, session)` dials and runs
/// `session(outgoing<byte_stream>)`, and does so again after a dial failed or the session ended
/// with an error; between two dials it waits, see `reconnect_options`. A session that gives
/// `task<>` has ended with an error if the connection was lost (ended by the peer, reset, a limit).
///
/// Gives `result<void>`: nothing when a session is done; else the last error, if that is
/// `address_invalid` or `filter_missing`, came `attempts_max` times in a row, or `gives_up` says
/// so; `shutting_down` (the runtime drains); `cancelled` or why else the task is to stop. An
/// exception that leaves a session goes on to the caller. Deterministic under simulation.
template <detail::connection_view Peer, client_session<Peer> Session>
task<result<void>> reconnecting(std::string uri, Session session, reconnect_options options = {}) {
  task_context& context = co_await this_task();
  const auto how =
      std::make_shared<const dial_options>(options.dial ? *options.dial : dial_options::of<Peer>());
  detail::reconnector client(context.home(), options);
  try {
    for (;;) {
      dial_operation<Peer> dialing(uri, client.dial(), how);
      auto dialed = co_await dialing;
      std::error_code why = dialed.error();
      if (dialed) {
        client.connected();
        why = co_await detail::run_session(session, std::move(*dialed));
      }
      if (client.ended(why, context))
        co_return client.outcome();
      (void)co_await time_wait(client.next_dial_at());
      if (client.cancelled(context))
        co_return client.outcome();
    }
  } catch (...) {
    client.over();
    throw;
  }
}

}  // namespace actornet

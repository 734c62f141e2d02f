#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "actornet/byte_stream.hpp"
#include "actornet/detail/root_tasks.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/net/acceptor.hpp"
#include "actornet/net/multiplexer.hpp"
#include "actornet/net/stream.hpp"

namespace actornet {

/// Options of a runtime.
struct runtime_options {
  std::size_t loops = 0;                                        ///< 0: one per core
  net::duration drain_timeout = std::chrono::seconds(10);       ///< of `run_main` after SIGTERM
  net::duration stall_budget = std::chrono::milliseconds(100);  ///< longest turn; 0: no watchdog
  net::backend_factory backends;  ///< empty: sockets; a simulator's otherwise
};

/// Options of a listener and of all its connections.
struct listen_options {
  net::stream_options stream;
  net::acceptor_options acceptor;
  connection_limits limits;
  /// Makes the filter of each connection, on its loop (as `web::web_filter`); empty: none. The
  /// session begins when the filter's handshake is over; without that there is none.
  std::function<std::unique_ptr<net::filter>()> filter;
};

namespace detail {

struct listener;
class runtime_state;

// The parameter of a session: what the handler takes.
template <class Handler>
struct session_of : session_of<decltype(&Handler::operator())> {};
template <class Peer>
struct session_of<task<> (*)(Peer)> {
  using peer = std::remove_cvref_t<Peer>;
};
template <class Handler, class Peer>
struct session_of<task<> (Handler::*)(Peer) const> : session_of<task<> (*)(Peer)> {};
template <class Handler, class Peer>
struct session_of<task<> (Handler::*)(Peer)> : session_of<task<> (*)(Peer)> {};

template <class Handler>
using session_peer = typename session_of<std::decay_t<Handler>>::peer;

}  // namespace detail

/// The loops of a process, its listeners and its connections. Threads start with `start` and end
/// with `stop`; programs use `run_main`. Thread-safe after `start`, except where it says otherwise.
class runtime {
 public:
  explicit runtime(runtime_options options = {});
  ~runtime();  ///< `stop` without patience, if that did not happen yet
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// Listens at @p uri and runs a session for each connection: `task<> handler(byte_stream)` or
  /// `task<> handler(connection<In, Out>)` (protobuf messages; include connection.hpp). Without
  /// @p options bytes are raw and messages are `delimited`. The handler is called on loop threads
  /// and must not be a generic lambda. Returns the endpoint with the port that was chosen. Throws
  /// `std::system_error` with the URI in its text when that cannot be, `std::invalid_argument` when
  /// the URI (`tls://`, `http://`, `ws://`, `wss://`) needs a filter that @p options do not have;
  /// what the URI's path says is for clients, the filter has its own. Before `start` only
  /// (`std::logic_error`).
  template <class Handler>
  net::endpoint listen(std::string_view uri, Handler handler,
                       listen_options options = default_options<Handler>()) {
    using peer = detail::session_peer<Handler>;
    return add_listener(uri, std::move(options),
                        [handler = std::move(handler)](detail::connection_core& core) -> task<> {
                          return handler(peer(core));
                        });
  }

  /// What `listen` uses for @p Handler without options.
  template <class Handler>
  static listen_options default_options() {
    listen_options options;
    if constexpr (std::is_same_v<detail::session_peer<Handler>, byte_stream>)
      options.stream.framing = net::framing::raw;
    return options;
  }

  /// The general form of `listen`.
  net::endpoint add_listener(std::string_view uri, listen_options options,
                             detail::session_factory sessions);

  /// Runs the task that `make()` gives on @p where, until it ends or the runtime drains: then its
  /// awaits fail with `shutting_down`, and the drain waits for it to end. An exception that leaves
  /// it is logged. Any number of tasks; @p make is called on that loop, and lives there until its
  /// task has ended. Before or after `start`, from any thread.
  template <std::invocable Make>
  void spawn_on(net::loop& where, Make make) {
    struct starting {
      detail::root_tasks& roots;
      Make make;
    };
    where.post({[](void* context) {
                  const std::unique_ptr<starting> here(static_cast<starting*>(context));
                  here->roots.spawn(held(std::move(here->make)));
                },
                new starting{roots_of(where), std::move(make)}});
  }

  /// The same on the loop with the fewest connections.
  template <std::invocable Make>
  void spawn(Make make) {
    spawn_on(loops().least_loaded(), std::move(make));
  }

  /// Adds what is to be done at SIGHUP, or at `reload`: reading certificates and configuration
  /// again. It may block: it runs on a thread of the blocking pool, one after the other in the
  /// order of `on_reload`, never twice at a time. What it throws is logged. Before `start` only
  /// (`std::logic_error`).
  void on_reload(std::function<void()> again);

  /// Runs what `on_reload` added, soon. While it runs, any number of calls are one more round. Does
  /// nothing when nothing was added, and before `start`. Thread-safe.
  void reload();

  /// Whether anything was added with `on_reload`.
  bool reloads() const noexcept;

  /// Begins to accept and to run, on threads of its own (under simulation: in the world's turns).
  /// Throws `std::system_error` when it cannot have the threads; then nothing runs. Once.
  void start();

  /// Whether `start` was called, and whether a drain has begun. From any thread.
  bool started() const noexcept;
  bool draining() const noexcept;

  /// Stops accepting and lets every connection finish what was accepted; after @p patience the rest
  /// is cut (`errc::drain_timeout`). Calls @p on_over once, on loop 0, when no connection is left,
  /// with the number of connections that were cut. Once; from any thread.
  void drain(net::duration patience, std::function<void(std::size_t cut)> on_over);

  /// Drains with @p patience, or waits for the end of the drain that `drain` has begun (with its
  /// own patience), and ends the threads. Returns how many connections were cut. Idempotent. Not on
  /// a loop, and under simulation only after a drain is over.
  std::size_t stop(net::duration patience = {});

  /// Where it listens, in the order of `listen`.
  std::vector<net::endpoint> listening() const;

  net::multiplexer& loops() noexcept;
  const runtime_options& options() const noexcept;

  /// The acceptor behind the @p index -th `listen`, counted from 0. Bound to its loop.
  net::acceptor& acceptor_at(std::size_t index);

  /// Connections that are open now.
  std::size_t connections() const noexcept;

  /// Something that must live as long as the loops run (an upper layer's actor system).
  void keep(std::shared_ptr<void> companion);

 private:
  // The function lives as long as its task: it may be a lambda that holds what the task works with.
  template <class Make>
  static task<> held(Make make) {
    auto work = make();
    co_await std::move(work);
  }

  detail::root_tasks& roots_of(net::loop& where) noexcept;

  std::unique_ptr<detail::runtime_state> state_;
};

/// Runs a program: @p setup adds listeners and actors, then it serves until SIGINT or SIGTERM and
/// drains. Returns the exit code: 0 when all connections drained, 3 when the drain deadline cut
/// some (named in the log), 128 + n on a second signal n, 2 when @p setup threw (one line on
/// standard error). Prints `listening <uri>` per listener on standard output once it serves.
/// At SIGHUP it runs what was added with `on_reload`; if nothing was, SIGHUP ends the process.
/// Lets the process open as many descriptors as the system allows.
int run_main(const std::function<void(runtime&)>& setup, runtime_options options = {});

/// Runs a program that is one task and what it spawns, as Go's `main`: when @p body has ended (its
/// value is the exit code), or at SIGINT or SIGTERM, everything drains. Then, and for setup errors,
/// exit codes are those of `run_main`; 1, and one line on standard error, when an exception left
/// @p body.
int run_task(const std::function<task<int>(runtime&)>& body, runtime_options options = {});

}  // namespace actornet

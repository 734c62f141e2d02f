#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actornet/net/clock.hpp"
#include "actornet/net/descriptor_watch.hpp"
#include "actornet/net/endpoint.hpp"
#include "actornet/net/transport.hpp"
#include "actornet/result.hpp"

namespace actornet::net {

class loop;

/// A connected socket that is not yet bound to a loop: it may travel to another thread.
class pending_connection {
 public:
  virtual ~pending_connection() = default;  ///< closes it unless attached

  /// Binds the connection to @p target; called once, on that loop's thread.
  virtual std::unique_ptr<transport> attach(loop& target) = 0;

  /// The peer's address without a port, to count connections per address; empty for Unix sockets.
  virtual std::string peer_address() const = 0;
};

/// Options of a socket, applied to listeners' accepted and to connected sockets.
struct socket_options {
  std::size_t send_buffer_bytes = 64 * 1024;  ///< kernel send buffer (SO_SNDBUF); 0 leaves it
  std::size_t receive_buffer_bytes = 0;       ///< kernel receive buffer (SO_RCVBUF); 0 leaves it
  bool no_delay = true;                       ///< TCP_NODELAY
  bool keep_alive = true;                     ///< SO_KEEPALIVE
  /// TCP_USER_TIMEOUT (RFC 5482), Linux only: the connection is reset when the peer's machine has
  /// not acknowledged what we sent, or has kept its window closed, for so long; 0 leaves it to the
  /// system (some 15 minutes). It ends connections to machines that vanished, and those to peers
  /// that do not read, even if `stream_options::write_timeout` is longer or off.
  duration user_timeout = std::chrono::seconds(30);
  int backlog = 4096;         ///< listen queue, connections
  std::string local_address;  ///< connect: bind to this address first; empty: any
};

/// A bound, listening socket of a loop. It accepts one connection for each `accept()` call.
class listening_socket {
 public:
  /// Receives the connection or the error (`descriptors_exhausted`, `network_failure`, …). Runs on
  /// the loop, never inline.
  using accepted = std::function<void(result<std::unique_ptr<pending_connection>>)>;

  virtual ~listening_socket() = default;  ///< closes; no handler runs afterwards
  virtual void accept(accepted handler) = 0;

  /// A connection that waits in the listen queue, at once and whether or not a handler waits for
  /// it; null when none does or it cannot be accepted. For a last look before the close, which
  /// resets what waits.
  virtual std::unique_ptr<pending_connection> accept_waiting() = 0;

  virtual endpoint local() const = 0;  ///< with the port that was chosen
};

/// A connection that is being made; destroying it gives up. No handler runs afterwards.
class connecting_socket {
 public:
  using connected = std::function<void(result<std::unique_ptr<transport>>)>;
  virtual ~connecting_socket() = default;
};

/// What a loop runs on: its clock, its sleep, its sockets and its randomness. One per loop.
/// Implementations: Boost.Asio (`make_asio_backend`) and the simulator.
class backend {
 public:
  virtual ~backend() = default;

  virtual time_point now() = 0;
  virtual std::uint64_t random() = 0;

  /// The date. A backend that knows of none begins its clock in 1970.
  virtual wall_time wall_now() {
    return wall_time(std::chrono::floor<std::chrono::milliseconds>(now().time_since_epoch()));
  }

  /// Collects events (they become entries of the loop's run queue) without waiting.
  virtual void poll() = 0;

  /// Waits for an event, `wake` or @p deadline, whichever is first; may return early.
  virtual void wait(time_point deadline) = 0;

  /// Ends the current or the next `wait`. Callable from any thread.
  virtual void wake() = 0;

  /// Binds and listens. Errors: `address_in_use`, `address_invalid`, `descriptors_exhausted`, ….
  /// Names in @p where are resolved here and now: call it during setup.
  virtual result<std::unique_ptr<listening_socket>> listen(const endpoint& where,
                                                           const socket_options& options) = 0;

  /// Connects to @p where, whose host must be a numeric address or a path (see `connector` for
  /// names and deadlines). @p handler runs on the loop, never inline.
  virtual std::unique_ptr<connecting_socket> connect(const endpoint& where,
                                                     const socket_options& options,
                                                     connecting_socket::connected handler) = 0;

  /// The addresses of @p name (numeric hosts with @p name's port). Blocks: never call it on a loop
  /// thread; the connector calls it on the blocking pool. Thread-safe.
  virtual result<std::vector<endpoint>> resolve(const endpoint& name) = 0;

  /// Called once by the loop before anything else.
  virtual void bind(loop& owner) = 0;

  /// Whether `choose` decides the order of the run queue (a simulator's).
  virtual bool chooses() const { return false; }

  /// Which of @p count ready entries runs next; 0 is the oldest. Also asked, with 2, whether an
  /// entry that was handed over runs before the queue (0) or not.
  virtual std::size_t choose(std::size_t count) {
    (void)count;
    return 0;
  }

  /// Watches what a foreign library waits for, at a descriptor that its library does not close
  /// (`descriptor::copy_of`). @p told outlives the watch. Error: `unavailable`: this backend has no
  /// descriptors (a simulator's, Windows').
  virtual result<std::unique_ptr<descriptor_watch>> watch_descriptor(descriptor watched,
                                                                     descriptor_listener& told) {
    (void)watched;
    (void)told;
    return errc::unavailable;
  }
};

/// How the Asio backend learns of readiness.
enum class poller : std::uint8_t {
  native,    ///< the fastest of this platform: on Linux an own edge-triggered epoll set, in which
             ///< the loop sleeps; elsewhere the same as `portable`
  portable,  ///< Asio's `async_wait` on each socket
};

/// The backend on Boost.Asio's poller: real sockets, the steady clock.
std::unique_ptr<backend> make_asio_backend(poller kind = poller::native);

}  // namespace actornet::net

#pragma once

#include <functional>
#include <memory>

#include "actornet/net/admission.hpp"
#include "actornet/net/backend.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::net {

/// Options of a listener; a count of zero means no limit.
struct acceptor_options {
  socket_options sockets;
  std::size_t connections_max = 0;              ///< at a time, further ones are closed at once
  std::size_t connections_per_address_max = 0;  ///< the same per peer address
};

/// Accepts connections on one loop, for as long as it lives. It stays within its limits, and when
/// descriptors are exhausted it pauses (50 ms, doubling up to 500 ms) instead of spinning. Both are
/// logged, one line each a second at most.
class acceptor {
 public:
  static constexpr duration pause_min = std::chrono::milliseconds(50);
  static constexpr duration pause_max = std::chrono::milliseconds(500);

  using accepted = std::function<void(std::unique_ptr<pending_connection>, admission_ticket)>;

  /// Listens at once. Errors as of `backend::listen`. Created and destroyed on @p on's thread or
  /// before that runs; the tickets must be gone before it is.
  static result<std::unique_ptr<acceptor>> open(loop& on, const endpoint& where,
                                                const acceptor_options& options,
                                                accepted on_accepted);

  /// Begins to accept. On the loop's thread.
  void start();

  /// Accepts what waits in the listen queue, then stops listening; existing connections stay. On
  /// the loop's thread. Idempotent.
  void stop();

  /// What to run, once, when it stops. Before `start`.
  void set_on_stopped(std::function<void()> on_stopped) { on_stopped_ = std::move(on_stopped); }

  /// What it was opened with, and the port that was chosen.
  const endpoint& local() const noexcept { return local_; }
  std::size_t connections() const noexcept { return admission_.connections(); }
  loop& home() noexcept { return loop_; }

 private:
  acceptor(loop& on, std::unique_ptr<listening_socket> socket, const acceptor_options& options,
           accepted on_accepted);
  void accept_next();
  void accept_waiting();
  void on_outcome(result<std::unique_ptr<pending_connection>> outcome);
  void admit(std::unique_ptr<pending_connection> arrived);

  struct complaint {
    std::size_t times = 0;  // since the last line
    time_point next_line = time_point::min();
  };
  void complain(complaint& about, const char* what, std::error_code why);

  loop& loop_;
  std::unique_ptr<listening_socket> socket_;
  endpoint local_;
  const int backlog_;
  bool started_ = false;
  admission admission_;
  accepted on_accepted_;
  std::function<void()> on_stopped_;
  duration pause_ = pause_min;
  complaint failures_;
  complaint refusals_;
  timer retry_{entry_of<&acceptor::accept_next>(*this)};
};

}  // namespace actornet::net

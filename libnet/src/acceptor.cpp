#include "actornet/net/acceptor.hpp"

#include <algorithm>

#include "actornet/log.hpp"

namespace actornet::net {

result<std::unique_ptr<acceptor>> acceptor::open(loop& on, const endpoint& where,
                                                 const acceptor_options& options,
                                                 accepted on_accepted) {
  auto socket = on.driver().listen(where.transport(), options.sockets);
  if (!socket)
    return socket.error();
  std::unique_ptr<acceptor> opened(
      new acceptor(on, std::move(*socket), options, std::move(on_accepted)));
  opened->local_.speaks = where.speaks;
  opened->local_.path = where.path;
  return opened;
}

acceptor::acceptor(loop& on, std::unique_ptr<listening_socket> socket,
                   const acceptor_options& options, accepted on_accepted)
    : loop_(on),
      socket_(std::move(socket)),
      local_(socket_->local()),
      backlog_(options.sockets.backlog),
      admission_(options.connections_max, options.connections_per_address_max),
      on_accepted_(std::move(on_accepted)) {}

void acceptor::start() {
  started_ = true;
  accept_next();
}

void acceptor::stop() {
  loop_.timers().remove(retry_);
  if (started_ && socket_)
    accept_waiting();
  socket_.reset();
  if (const auto told = std::exchange(on_stopped_, nullptr))
    told();
}

// For their peers they are connected, and may have sent requests; the close would reset them. No
// more than one queue of them: peers may come as fast as they are accepted.
void acceptor::accept_waiting() {
  for (int i = 0; i < backlog_; ++i) {
    auto waiting = socket_->accept_waiting();
    if (!waiting)
      return;
    admit(std::move(waiting));
  }
}

void acceptor::accept_next() {
  if (socket_)
    socket_->accept([this](result<std::unique_ptr<pending_connection>> outcome) {
      on_outcome(std::move(outcome));
    });
}

void acceptor::on_outcome(result<std::unique_ptr<pending_connection>> outcome) {
  if (!outcome) {
    // The connection that could not be accepted stays in the system's queue.
    loop_.counted.accepts_failed.add();
    complain(failures_, "cannot accept connections", outcome.error());
    loop_.timers().arm(retry_, deadline_after(loop_.fresh_now(), pause_));
    pause_ = std::min(pause_ * 2, pause_max);
    return;
  }
  pause_ = pause_min;
  admit(std::move(*outcome));
  accept_next();
}

void acceptor::admit(std::unique_ptr<pending_connection> arrived) {
  if (auto ticket = admission_.enter(arrived->peer_address())) {
    on_accepted_(std::move(arrived), std::move(*ticket));
  } else {
    loop_.counted.connections_refused.add();  // and closed, as nobody takes it
    complain(refusals_, "refused a connection", ticket.error());
  }
}

// Peers must not be able to fill a disk.
void acceptor::complain(complaint& about, const char* what, std::error_code why) {
  ++about.times;
  const time_point now = loop_.fresh_now();  // this may be the first thing after a sleep
  if (now < about.next_line)
    return;
  about.next_line = deadline_after(now, std::chrono::seconds(1));
  const std::string times =
      about.times > 1 ? " (" + std::to_string(about.times) + " times)" : std::string();
  about.times = 0;
  log(log_level::warning, to_string(local_) + ": " + what + ": " + why.message() + times);
}

}  // namespace actornet::net

#pragma once

#include <deque>
#include <functional>
#include <string>

#include "actornet/net/backend.hpp"
#include "socket.hpp"

namespace actornet::sim {

class network;

/// A listening address and the connections that wait there to be accepted. Closes them with a reset
/// when it goes.
class port {
 public:
  /// @p host: the address of the machine that listens. @p on_waiting is told of each connection.
  port(network& net, std::string host, const net::socket_options& options,
       std::function<void()> on_waiting);
  ~port();
  port(const port&) = delete;
  port& operator=(const port&) = delete;

  /// Errors: `address_in_use`, `address_invalid`.
  result<void> open(const net::endpoint& where);

  const net::endpoint& local() const noexcept { return local_; }
  void set_local_port(std::uint16_t chosen) noexcept { local_.port = chosen; }
  const net::socket_options& options() const noexcept { return options_; }

  /// Whether a connect to @p where comes here.
  bool answers(const net::endpoint& where) const;

  /// Whether a port at @p where could not be told from this one.
  bool collides(const net::endpoint& where) const;

  bool full() const noexcept;
  void push(socket accepted);
  std::size_t waiting() const noexcept { return waiting_.size(); }
  bool empty() const noexcept { return waiting_.empty(); }
  socket pop();  ///< @pre not empty

 private:
  network& network_;
  std::string host_;
  net::socket_options options_;
  std::function<void()> on_waiting_;
  net::endpoint local_;
  bool open_ = false;
  std::deque<socket> waiting_;
};

}  // namespace actornet::sim

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "actornet/net/clock.hpp"

namespace actornet::nats {

/// Files in PEM of the connection's TLS. All empty: no TLS, unless a server's URL is `tls://`.
struct tls_files {
  std::string authorities{};  ///< trusted; empty: the system's
  std::string certificate{};  ///< ours, with its chain
  std::string key{};          ///< of `certificate`
};

/// How a connection is made, and its limits.
struct connection_options {
  /// `nats://host:port`; one is chosen by chance for each attempt, the others come after it.
  std::vector<std::string> servers{};
  std::string name{};         ///< shown by the server's monitoring
  std::string user{};         ///< with `password`; empty: none
  std::string password{};     ///<
  std::string credentials{};  ///< a `.creds` file (JWT and seed); empty: none
  tls_files tls{};

  net::duration connect_timeout = std::chrono::seconds(2);  ///< for each server
  /// Between two attempts to connect: `reconnect_wait`, and by chance up to as much again.
  net::duration reconnect_wait = std::chrono::milliseconds(250);
  net::duration ping_interval = std::chrono::seconds(2);
  int pings_out_max = 2;  ///< not answered: the connection is given up

  std::size_t buffered_bytes_max = 256 * 1024;  ///< waiting for the socket: `mailbox_full`
  std::size_t payload_bytes_max = 1024 * 1024;  ///< `message_too_large`; the server's own: 1 MiB
  std::size_t waiting_max = 16 * 1024;          ///< messages of a subscription on their way home
};

}  // namespace actornet::nats

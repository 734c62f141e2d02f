#pragma once

#include <type_traits>

#include "actornet/byte_stream.hpp"
#include "actornet/net/backend.hpp"
#include "actornet/net/stream.hpp"

namespace actornet {

/// Options of a connection that this side makes.
struct dial_options {
  /// No handshake limit unless asked for: that protects a server from clients that say nothing.
  net::stream_options stream{.handshake_timeout = {}};
  net::socket_options socket;

  /// What is used for @p Peer without options: raw bytes for `byte_stream`, `delimited` messages.
  template <class Peer>
  static dial_options of() {
    dial_options options;
    if constexpr (std::is_same_v<Peer, byte_stream>)
      options.stream.framing = net::framing::raw;
    return options;
  }
};

}  // namespace actornet

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actornet/net/clock.hpp"
#include "actornet/net/websocket_codec.hpp"

namespace actornet::web {

/// What messages are like once both sides have agreed on a subprotocol (RFC 6455, section 1.9).
struct subprotocol {
  std::string name;
  net::websocket_rules::data kind = net::websocket_rules::data::binary;
};

/// permessage-deflate (RFC 7692), where the peer agrees. A message that is compressed takes about
/// 2^(window_bits + 3) bytes until it is done; with context takeover every connection keeps that
/// for each direction.
struct deflate_options {
  unsigned window_bits = 12;  ///< 9 to 15, of both directions
  bool context_takeover = false;
  int level = 1;                        ///< zlib's, 1 (fast) to 9
  std::size_t message_bytes_min = 256;  ///< shorter ones are sent as they are; at least 1
};

/// What both ends of a WebSocket have.
struct websocket_end_options {
  std::vector<subprotocol> protocols = {};  ///< the preferred first; empty: none
  /// Of connections without a subprotocol; see `net::filter::text`.
  net::websocket_rules::data kind = net::websocket_rules::data::binary;
  std::uint32_t message_bytes_max = 64 * 1024;
  /// A peer that is silent for so long is pinged; one that is silent for as long again is gone
  /// (`ping_timeout`). Zero: never. A pong is no message: for the idle timeout of a connection it
  /// does not count.
  net::duration ping_interval = std::chrono::seconds(30);
  std::optional<deflate_options> deflate = {};
};

}  // namespace actornet::web

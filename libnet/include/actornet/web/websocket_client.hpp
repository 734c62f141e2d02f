#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actornet/net/filter.hpp"
#include "actornet/web/http.hpp"
#include "actornet/web/websocket_options.hpp"

namespace actornet::web {

/// What a client asks for (RFC 6455, section 4.1).
struct websocket_client_options : websocket_end_options {
  std::string host;                         ///< the field `Host`, as `chat.example.org:8080`
  std::string target = "/";                 ///< path and query
  std::string origin = {};                  ///< the field `Origin`; empty: none
  std::vector<http_field> fields = {};      ///< more of them, as `Authorization`
  std::size_t header_bytes_max = 8 * 1024;  ///< of the answer
};

/// The WebSocket of each connection that is dialed. To its user the connection is one of
/// `framing::delimited` messages, as on the server's side (`web_filter`). A server that does not
/// take the upgrade, or breaks a rule of it, ends the connection with `handshake_refused`; a header
/// that is too long with `frame_too_large`. Throws `std::invalid_argument` when the options cannot
/// make a request.
net::client_filter websocket_client(websocket_client_options options);

/// One such filter, with keys of @p random (see `net::websocket_rules::random`).
std::unique_ptr<net::filter> websocket_client(websocket_client_options options,
                                              std::uint64_t (*random)(void*), void* random_from);

}  // namespace actornet::web

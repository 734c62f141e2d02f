#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actornet/net/filter.hpp"
#include "actornet/net/websocket_codec.hpp"
#include "actornet/web/http.hpp"

namespace actornet::web {

/// What messages are like once both sides have agreed on a subprotocol (RFC 6455, section 1.9).
struct subprotocol {
  std::string name;
  net::websocket_rules::data kind = net::websocket_rules::data::binary;
};

/// Where a listener speaks WebSocket (RFC 6455).
struct websocket_options {
  std::string path = "/";  ///< requests for an upgrade at other paths are plain requests
  /// Which pages may connect: values of `Origin` as `https://chat.example.org`, or `*`. Empty:
  /// those of the host that the request names. Who sends no origin is no browser, and may.
  std::vector<std::string> origins;
  std::vector<subprotocol> protocols;  ///< the preferred first; empty: none
  /// Of connections without a subprotocol; see `net::filter::text`.
  net::websocket_rules::data kind = net::websocket_rules::data::binary;
  std::uint32_t message_bytes_max = 64 * 1024;
};

/// What a listener of the web does and takes.
struct web_options {
  http_handler on_request;  ///< empty: 404
  std::optional<websocket_options> websocket;
  std::size_t header_bytes_max = 8 * 1024;  ///< of a request; longer ones are answered 431
  std::size_t body_bytes_max = 64 * 1024;   ///< longer ones are answered 413
  /// A peer that sends requests without waiting for answers gets no more of them than these and one
  /// answer; then the connection ends.
  std::size_t answers_bytes_max = 256 * 1024;
};

/// Makes the filter of each connection; see `listen_options::filter`. To its session a connection
/// is one of `framing::delimited` messages, each a WebSocket message; one that only makes requests
/// ends without a message.
std::function<std::unique_ptr<net::filter>()> web_filter(web_options options);

/// The value of `Sec-WebSocket-Accept` for a key (section 4.2.2).
std::string websocket_accept(std::string_view key);

}  // namespace actornet::web

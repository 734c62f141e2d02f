#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actornet/net/filter.hpp"
#include "actornet/web/http.hpp"
#include "actornet/web/websocket_options.hpp"

namespace actornet::web {

/// Where a listener speaks WebSocket (RFC 6455).
struct websocket_options : websocket_end_options {
  std::string path = "/";  ///< requests for an upgrade at other paths are plain requests
  /// Which pages may connect: values of `Origin` as `https://chat.example.org`, or `*`. Empty:
  /// those of the host that the request names. Who sends no origin is no browser, and may.
  std::vector<std::string> origins;
};

/// What went wrong on the connections of listeners. Thread-safe.
struct web_counters {
  std::atomic<std::uint64_t> bad_requests{0};  ///< no HTTP (as TLS), malformed, or over a limit
  std::atomic<std::uint64_t> handshakes_refused{0};  ///< of WebSocket: bad ones, other origins
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
  std::shared_ptr<web_counters> counters = {};  ///< where to count; null: nowhere
};

/// Makes the filter of each connection; see `listen_options::filter`. To its session a connection
/// is one of `framing::delimited` messages, each a WebSocket message; one that only makes requests
/// ends without a message. Throws `std::invalid_argument` when the options of deflate are out of
/// their ranges.
std::function<std::unique_ptr<net::filter>()> web_filter(web_options options);

/// The value of `Sec-WebSocket-Accept` for a key (section 4.2.2).
std::string websocket_accept(std::string_view key);

}  // namespace actornet::web

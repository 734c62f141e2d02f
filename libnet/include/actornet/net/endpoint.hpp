#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actornet/result.hpp"

namespace actornet::net {

/// Where to listen or connect, written as a URI (RFC 3986):
///
/// * `tcp://host:port`, `tcp://[::1]:port`;
/// * `unix:///path`, or `unix://@name`, Linux's abstract namespace;
/// * the same as tcp with more on it: `tls://host:port`; `http://host:port`, `ws://host:port/path`
///   and, with TLS below, `wss://host:port/path` (RFC 6455, section 3). Path and query, at most
///   2,048 bytes, stay as they were written.
///
/// A host may be a name; port 0 lets the system choose when listening, and without a port it is
/// 7411 (tcp), 7412 (http, ws) or 7413 (tls, wss). Unix paths are percent-encoded (at most 107
/// bytes when decoded); an IPv6 zone is written `[fe80::1%25eth0]` (RFC 6874) and stands in `host`
/// as `fe80::1%eth0`.
struct endpoint {
  enum class scheme : std::uint8_t { tcp, local };  // not `unix`: a macro under -std=gnu++20

  /// What is spoken there. All but `plain` need a filter on either side.
  enum class protocol : std::uint8_t { plain, tls, http, ws, wss };

  scheme kind = scheme::tcp;
  std::string host;        ///< tcp: name or address without brackets; unix: the path
  std::uint16_t port = 0;  ///< tcp only
  protocol speaks = protocol::plain;
  std::string path{};  ///< http, ws, wss: with the query, as in the URI; may be empty

  bool operator==(const endpoint&) const = default;

  /// What the system's sockets know of it.
  endpoint transport() const { return {kind, host, port}; }
};

/// Parses @p uri. Names are checked for their form only, they may turn out not to exist; what ends
/// in a number must be an IPv4 address of four parts. Errors: `errc::address_invalid`.
result<endpoint> parse_endpoint(std::string_view uri);

/// The URI of @p where; `parse_endpoint(to_string(e)) == e`.
std::string to_string(const endpoint& where);

}  // namespace actornet::net

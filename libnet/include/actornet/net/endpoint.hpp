#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actornet/result.hpp"

namespace actornet::net {

/// Where to listen or connect, written as a URI (RFC 3986):
/// `tcp://host:port`, `tcp://[::1]:port`, `unix:///path` (or `unix://@name`, Linux's abstract
/// namespace). A host may be a name; port 0 lets the system choose when listening. Paths are
/// percent-encoded (at most 107 bytes when decoded); an IPv6 zone is written `[fe80::1%25eth0]`
/// (RFC 6874) and stands in `host` as `fe80::1%eth0`.
struct endpoint {
  enum class scheme : std::uint8_t { tcp, local };  // not `unix`: a macro under -std=gnu++20

  scheme kind = scheme::tcp;
  std::string host;        ///< tcp: name or address without brackets; unix: the path
  std::uint16_t port = 0;  ///< tcp only

  bool operator==(const endpoint&) const = default;
};

/// Parses @p uri. Names are checked for their form only, they may turn out not to exist; what ends
/// in a number must be an IPv4 address of four parts. Errors: `errc::address_invalid`.
result<endpoint> parse_endpoint(std::string_view uri);

/// The URI of @p where; `parse_endpoint(to_string(e)) == e`.
std::string to_string(const endpoint& where);

}  // namespace actornet::net

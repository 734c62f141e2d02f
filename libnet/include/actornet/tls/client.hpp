#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "actornet/net/filter.hpp"

namespace actornet::tls {

namespace detail {
class client_context;
}

/// Whom a client trusts, and who it is. Files are in PEM.
struct client_options {
  std::string roots_file = {};  ///< whose certificates servers must have; empty: the system's roots
  /// What the server's certificate must be for, and what is asked for (SNI), when that is not the
  /// host that is dialed; a name or an address.
  std::string server_name = {};
  std::string certificate_file = {};  ///< ours, for servers that want one; empty: none
  std::string private_key_file = {};
};

/// TLS 1.2 and 1.3 for connections that are dialed. The server's certificate and its name are
/// always verified: a connection to one that does not stand the test closes with
/// `certificate_refused`, and so does one that refuses our certificate (with TLS 1.3 only after our
/// side takes the handshake for done). Everything else that goes wrong is `tls_failed`. Copies are
/// the same client. Thread-safe; filters keep what they need of it.
class client {
 public:
  /// Throws `std::runtime_error` with the file's name and OpenSSL's words.
  explicit client(client_options options = {});

  /// Makes the filter of a connection to @p host, a name or an address. Throws
  /// `std::invalid_argument` when there is none, or it is neither.
  std::unique_ptr<net::filter> filter(std::string_view host) const;

  /// The same for each connection that is dialed; @p inner is what speaks inside of TLS
  /// (`web::websocket_client`).
  net::client_filter filters(std::string host, net::client_filter inner = {}) const;

 private:
  std::shared_ptr<const detail::client_context> context_;
};

}  // namespace actornet::tls

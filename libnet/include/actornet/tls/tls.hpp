#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "actornet/net/filter.hpp"

namespace actornet::tls {

namespace detail {
class context;
}

/// Who a server is, and whom it trusts. Files are in PEM.
struct server_options {
  std::string certificate_file;  ///< its certificate, then those between it and a root
  std::string private_key_file;
  /// Whose certificates clients must have; empty: clients need none.
  std::string client_roots_file = {};
  std::size_t handshakes_max = 256;  ///< under way at a time; further connections are refused
};

/// TLS 1.2 and 1.3 for the connections of a listener, with certificates that can change. Copies are
/// the same server. Thread-safe; filters keep what they need of it.
class server {
 public:
  /// Throws `std::runtime_error` with the file's name and OpenSSL's words.
  explicit server(server_options options);

  /// Reads the files again, for new connections; those that stand keep theirs. Throws as the
  /// constructor, and then nothing has changed.
  void reload();

  /// Makes the filter of a connection.
  std::unique_ptr<net::filter> filter() const;

  /// For `listen_options::filter`; @p inner is what speaks inside of TLS (`web::web_filter`).
  std::function<std::unique_ptr<net::filter>()> filters(
      std::function<std::unique_ptr<net::filter>()> inner = {}) const;

  /// Handshakes that failed: no TLS, no common version, no certificate, …
  std::uint64_t handshakes_failed() const noexcept;
  /// Connections refused because of `handshakes_max`.
  std::uint64_t handshakes_refused() const noexcept;

 private:
  std::shared_ptr<detail::context> context_;
};

}  // namespace actornet::tls

#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <vector>

#include "actornet/net/filter.hpp"

namespace actornet::tls::detail {

/// One connection's TLS on memory BIOs, either side: bytes that came are put in, bytes to send are
/// taken out.
class session : public net::filter {
 public:
  using bytes_to = std::vector<std::byte>;

  outcome received(std::span<const std::byte> bytes, bytes_to& plain, bytes_to& wire) override;
  outcome sending(std::span<const std::byte> plain, bytes_to& wire) override;
  void ending(errc, bytes_to& wire) override;
  bool handshaking() const override { return !SSL_is_init_finished(get()); }

 protected:
  /// Throws `std::bad_alloc`.
  explicit session(SSL_CTX* of);

  SSL* get() const noexcept { return ssl_.get(); }

  /// Goes on with what has come.
  outcome advance(bytes_to& plain, bytes_to& wire);

 private:
  /// The handshake has come to its end, or the session to one in it.
  virtual void handshake_over(bool failed) noexcept = 0;

  bool read_some(bytes_to& plain, outcome& last);
  outcome fail(bytes_to& wire);
  errc reason() const noexcept;
  void take_output(bytes_to& wire);

  const std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  bool failed_ = false;
};

}  // namespace actornet::tls::detail

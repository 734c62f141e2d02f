#include "session.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <new>

namespace actornet::tls::detail {

namespace {

// The peer's alerts about our certificate (RFC 8446, section 6.2).
bool is_about_certificates(unsigned long error) {
  constexpr int certificate_alerts[] = {42, 43, 44, 45, 46, 48, 49, 116};
  const int alert = ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET;
  return ERR_GET_LIB(error) == ERR_LIB_SSL &&
         std::ranges::find(certificate_alerts, alert) != std::end(certificate_alerts);
}

}  // namespace

session::session(SSL_CTX* of) : ssl_(SSL_new(of), SSL_free) {
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  if (!ssl_ || !in || !out) {
    BIO_free(in);
    BIO_free(out);
    throw std::bad_alloc();
  }
  SSL_set_bio(ssl_.get(), in, out);  // which owns them now
}

net::filter::outcome session::received(std::span<const std::byte> bytes, bytes_to& plain,
                                       bytes_to& wire) {
  std::size_t written = 0;  // all or nothing
  if (!bytes.empty() &&
      BIO_write_ex(SSL_get_rbio(get()), bytes.data(), bytes.size(), &written) != 1)
    return {status::error, errc::out_of_memory};
  return advance(plain, wire);
}

net::filter::outcome session::sending(std::span<const std::byte> plain, bytes_to& wire) {
  ERR_clear_error();
  std::size_t written = 0;
  if (!plain.empty() && SSL_write_ex(get(), plain.data(), plain.size(), &written) != 1)
    return fail(wire);
  take_output(wire);
  return {};
}

void session::ending(errc, bytes_to& wire) {
  ERR_clear_error();
  if (!handshaking() && !failed_)
    SSL_shutdown(get());
  take_output(wire);
}

net::filter::outcome session::advance(bytes_to& plain, bytes_to& wire) {
  ERR_clear_error();
  if (handshaking()) {
    const int done = SSL_do_handshake(get());
    if (done != 1 && SSL_get_error(get(), done) != SSL_ERROR_WANT_READ)
      return fail(wire);
    if (done == 1)
      handshake_over(false);
  }
  outcome last;
  while (!handshaking() && last.state == status::ok && read_some(plain, last)) {
  }
  if (last.state == status::error)
    return fail(wire);
  take_output(wire);
  return last;
}

// False when nothing more is there.
bool session::read_some(bytes_to& plain, outcome& last) {
  std::array<std::byte, SSL3_RT_MAX_PLAIN_LENGTH> record;
  std::size_t read = 0;
  const int done = SSL_read_ex(get(), record.data(), record.size(), &read);
  if (done == 1) {
    plain.insert(plain.end(), record.begin(), record.begin() + read);
    return true;
  }
  switch (SSL_get_error(get(), done)) {
    case SSL_ERROR_WANT_READ:
      break;
    case SSL_ERROR_ZERO_RETURN:
      last = {status::end};
      break;
    default:
      last = {status::error};
  }
  return false;
}

// What is to be sent then is an alert, which says why.
net::filter::outcome session::fail(bytes_to& wire) {
  failed_ = true;
  const outcome failure{status::error, reason()};
  handshake_over(true);
  ERR_clear_error();
  take_output(wire);
  return failure;
}

errc session::reason() const noexcept {
  const bool refused =
      SSL_get_verify_result(get()) != X509_V_OK || is_about_certificates(ERR_peek_last_error());
  return refused ? errc::certificate_refused : errc::tls_failed;
}

void session::take_output(bytes_to& wire) {
  const std::size_t pending = BIO_ctrl_pending(SSL_get_wbio(get()));
  if (pending == 0)
    return;
  const std::size_t before = wire.size();
  wire.resize(before + pending);
  std::size_t taken = 0;
  BIO_read_ex(SSL_get_wbio(get()), wire.data() + before, pending, &taken);
  wire.resize(before + taken);
}

}  // namespace actornet::tls::detail

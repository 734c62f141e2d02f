#include "actornet/tls/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <new>
#include <utility>

#include "actornet/net/filter_chain.hpp"
#include "context.hpp"

namespace actornet::tls {

namespace {

using net::filter;
using bytes_to = std::vector<std::byte>;

/// One connection's TLS on memory BIOs: bytes that came are put in, bytes to send are taken out.
class tls_filter final : public filter {
 public:
  explicit tls_filter(std::shared_ptr<detail::context> of)
      : of_(std::move(of)), ssl_(SSL_new(of_->current().get()), SSL_free) {
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    if (!ssl_ || !in || !out) {
      BIO_free(in);
      BIO_free(out);
      throw std::bad_alloc();
    }
    SSL_set_bio(ssl_.get(), in, out);  // which owns them now
    SSL_set_accept_state(ssl_.get());
    counted_ = of_->handshakes.fetch_add(1) < of_->options.handshakes_max;
    if (!counted_) {
      of_->handshakes.fetch_sub(1);
      of_->refused.fetch_add(1);
    }
  }
  ~tls_filter() override { handshake_over(); }

  SSL* get() const noexcept { return ssl_.get(); }

  outcome received(std::span<const std::byte> bytes, bytes_to& plain, bytes_to& wire) override {
    if (handshaking() && !counted_)
      return {status::error, errc::connections_exhausted};
    std::size_t written = 0;  // all or nothing
    if (BIO_write_ex(SSL_get_rbio(get()), bytes.data(), bytes.size(), &written) != 1)
      return {status::error, errc::out_of_memory};
    return advance(plain, wire);
  }

  outcome sending(std::span<const std::byte> plain, bytes_to& wire) override {
    ERR_clear_error();
    std::size_t written = 0;
    if (!plain.empty() && SSL_write_ex(get(), plain.data(), plain.size(), &written) != 1)
      return fail(wire);
    take_output(wire);
    return {};
  }

  void ending(errc, bytes_to& wire) override {
    ERR_clear_error();
    if (!handshaking() && !failed_)
      SSL_shutdown(get());
    take_output(wire);
  }

  bool handshaking() const override { return !SSL_is_init_finished(get()); }

 private:
  outcome advance(bytes_to& plain, bytes_to& wire) {
    ERR_clear_error();
    if (handshaking()) {
      const int done = SSL_do_handshake(get());
      if (done != 1 && SSL_get_error(get(), done) != SSL_ERROR_WANT_READ)
        return fail(wire);
      if (done == 1)
        handshake_over();
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
  bool read_some(bytes_to& plain, outcome& last) {
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
        last = {status::error, errc::tls_failed};
    }
    return false;
  }

  // What is to be sent then is an alert, which says why.
  outcome fail(bytes_to& wire) {
    failed_ = true;
    if (counted_)
      of_->failed.fetch_add(1);
    handshake_over();
    ERR_clear_error();
    take_output(wire);
    return {status::error, errc::tls_failed};
  }

  void take_output(bytes_to& wire) {
    const std::size_t pending = BIO_ctrl_pending(SSL_get_wbio(get()));
    if (pending == 0)
      return;
    const std::size_t before = wire.size();
    wire.resize(before + pending);
    std::size_t taken = 0;
    BIO_read_ex(SSL_get_wbio(get()), wire.data() + before, pending, &taken);
    wire.resize(before + taken);
  }

  void handshake_over() noexcept {
    if (std::exchange(counted_, false))
      of_->handshakes.fetch_sub(1);
  }

  const std::shared_ptr<detail::context> of_;
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  bool counted_ = false;  // among the handshakes under way
  bool failed_ = false;
};

}  // namespace

server::server(server_options options)
    : context_(std::make_shared<detail::context>(std::move(options))) {}

void server::reload() {
  context_->reload();
}

std::unique_ptr<filter> server::filter() const {
  return std::make_unique<tls_filter>(context_);
}

std::function<std::unique_ptr<filter>()> server::filters(
    std::function<std::unique_ptr<net::filter>()> inner) const {
  return [self = *this, inner = std::move(inner)]() -> std::unique_ptr<net::filter> {
    return inner ? net::chain(self.filter(), inner()) : self.filter();
  };
}

std::uint64_t server::handshakes_failed() const noexcept {
  return context_->failed.load();
}

std::uint64_t server::handshakes_refused() const noexcept {
  return context_->refused.load();
}

}  // namespace actornet::tls

#include "actornet/tls/client.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <utility>

#include "actornet/net/filter_chain.hpp"
#include "context.hpp"
#include "session.hpp"

namespace actornet::tls {

namespace detail {

class client_context {
 public:
  explicit client_context(client_options options)
      : server_name(std::move(options.server_name)), ssl(make_client_context(options)) {}

  const std::string server_name;
  const context_ptr ssl;
};

}  // namespace detail

namespace {

class client_session final : public detail::session {
 public:
  client_session(SSL_CTX* of, const std::string& host) : session(of) {
    SSL_set_connect_state(get());
    expect(host);
  }

  void begin(bytes_to& wire) override {
    bytes_to nothing;
    advance(nothing, wire);
  }

 private:
  // An address is not sent as the server's name (RFC 6066, section 3).
  void expect(const std::string& host) {
    X509_VERIFY_PARAM* const rules = SSL_get0_param(get());
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1)
      return;
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (host.empty() || host.find('\0') != std::string::npos ||
        X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) != 1 ||
        SSL_set_tlsext_host_name(get(), host.c_str()) != 1)
      throw std::invalid_argument("not the name of a TLS server: \"" + host + "\"");
  }

  void handshake_over(bool) noexcept override {}
};

}  // namespace

client::client(client_options options)
    : context_(std::make_shared<const detail::client_context>(std::move(options))) {}

std::unique_ptr<net::filter> client::filter(std::string_view host) const {
  const std::string& name = context_->server_name;
  return std::make_unique<client_session>(context_->ssl.get(),
                                          name.empty() ? std::string(host) : name);
}

net::client_filter client::filters(std::string host, net::client_filter inner) const {
  filter(host);  // throws here, not on a loop
  return [self = *this, host = std::move(host),
          inner = std::move(inner)](net::loop& on) -> std::unique_ptr<net::filter> {
    return inner ? net::chain(self.filter(host), inner(on)) : self.filter(host);
  };
}

}  // namespace actornet::tls

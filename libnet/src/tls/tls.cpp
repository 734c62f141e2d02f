#include "actornet/tls/tls.hpp"

#include <openssl/ssl.h>

#include <utility>

#include "actornet/net/filter_chain.hpp"
#include "context.hpp"
#include "session.hpp"

namespace actornet::tls {

namespace {

using net::filter;

class server_session final : public detail::session {
 public:
  explicit server_session(std::shared_ptr<detail::context> of)
      : session(of->current().get()), of_(std::move(of)) {
    SSL_set_accept_state(get());
    counted_ = of_->handshakes.fetch_add(1) < of_->options.handshakes_max;
    if (!counted_) {
      of_->handshakes.fetch_sub(1);
      of_->refused.fetch_add(1);
    }
  }
  ~server_session() override { uncount(); }

  outcome received(std::span<const std::byte> bytes, bytes_to& plain, bytes_to& wire) override {
    if (handshaking() && !counted_)
      return {status::error, errc::connections_exhausted};
    return session::received(bytes, plain, wire);
  }

 private:
  void handshake_over(bool failed) noexcept override {
    if (failed && counted_)
      of_->failed.fetch_add(1);
    uncount();
  }

  void uncount() noexcept {
    if (std::exchange(counted_, false))
      of_->handshakes.fetch_sub(1);
  }

  const std::shared_ptr<detail::context> of_;
  bool counted_ = false;  // among the handshakes under way
};

}  // namespace

server::server(server_options options)
    : context_(std::make_shared<detail::context>(std::move(options))) {}

void server::reload() {
  context_->reload();
}

std::unique_ptr<filter> server::filter() const {
  return std::make_unique<server_session>(context_);
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

// Listening and connecting sockets of a loop.

#include "listening.hpp"

#include "addresses.hpp"
#include "transport.hpp"

namespace actornet::sim {

namespace {

class pending_socket final : public net::pending_connection {
 public:
  pending_socket(socket accepted, descriptor held)
      : descriptor_(std::move(held)), socket_(std::move(accepted)) {}

  std::unique_ptr<net::transport> attach(net::loop& target) override {
    return static_cast<simulated_backend&>(target.driver())
        .adopt(std::move(socket_), std::move(descriptor_));
  }

  std::string peer_address() const override {
    const net::endpoint& peer = socket_.peer();
    return peer.kind == net::endpoint::scheme::tcp ? peer.host : std::string();
  }

 private:
  descriptor descriptor_;
  socket socket_;
};

}  // namespace

// -- listening ------------------------------------------------------------------------------------

simulated_listener::simulated_listener(simulated_backend& on, const std::string& host,
                                       const net::socket_options& options)
    : backend_(on),
      descriptor_(on.internet()),
      port_(on.internet(), host, options, [this] { look(); }) {}

void simulated_listener::accept(accepted handler) {
  handler_ = std::move(handler);
  look();
}

// Without descriptors accept fails even when nobody waits to be accepted.
void simulated_listener::look() {
  if (handler_ && (!port_.empty() || backend_.internet().descriptors_exhausted))
    backend_.list(*this);
}

void simulated_listener::deliver() {
  environment& world = backend_.world();
  const bool exhausted = backend_.internet().descriptors_exhausted;
  if (!handler_ || (port_.empty() && !exhausted))
    return;
  const accepted answer = std::exchange(handler_, nullptr);
  if (exhausted || world.random.chance(world.chances.accept_failure_probability)) {
    world.note(happening::failed, 0);
    return answer(errc::descriptors_exhausted);
  }
  answer(take_first());
}

std::unique_ptr<net::pending_connection> simulated_listener::accept_waiting() {
  return port_.empty() || backend_.internet().descriptors_exhausted ? nullptr : take_first();
}

std::unique_ptr<net::pending_connection> simulated_listener::take_first() {
  socket first = port_.pop();
  backend_.world().note(happening::accepted, first.id(), 1);
  return std::make_unique<pending_socket>(std::move(first), descriptor(backend_.internet()));
}

result<std::unique_ptr<net::listening_socket>> simulated_backend::listen(
    const net::endpoint& where, const net::socket_options& options) {
  const auto addresses = resolve(where);
  if (!addresses)
    return addresses.error();
  if (internet().descriptors_exhausted)
    return errc::descriptors_exhausted;
  auto listener = std::make_unique<simulated_listener>(*this, host_, options);
  if (const auto opened = listener->open(addresses->front()); !opened)
    return opened.error();
  return std::unique_ptr<net::listening_socket>(std::move(listener));
}

// -- connecting -----------------------------------------------------------------------------------

simulated_connecting::simulated_connecting(simulated_backend& on, connected handler)
    : backend_(on), handler_(std::move(handler)) {}

simulated_connecting::~simulated_connecting() {
  backend_.unlist(*this);
  if (attempt_)
    attempt_->done = nullptr;
}

void simulated_connecting::fail(errc error) {
  outcome_.emplace(error);
  backend_.list(*this);
}

void simulated_connecting::start(const net::endpoint& where, const std::string& host,
                                 const net::socket_options& options) {
  descriptor_.emplace(backend_.internet());
  attempt_ = backend_.internet().connect(where, host, options, [this](result<socket> outcome) {
    outcome_.emplace(std::move(outcome));
    backend_.list(*this);
  });
}

// The handler may destroy this.
void simulated_connecting::deliver() {
  const connected answer = std::exchange(handler_, nullptr);
  result<socket> outcome = std::move(*outcome_);
  outcome_.reset();
  if (!outcome)
    return answer(outcome.error());
  descriptor held = *std::move(descriptor_);
  answer(backend_.adopt(*std::move(outcome), std::move(held)));
}

std::unique_ptr<net::connecting_socket> simulated_backend::connect(
    const net::endpoint& where, const net::socket_options& options,
    net::connecting_socket::connected handler) {
  auto attempt = std::make_unique<simulated_connecting>(*this, std::move(handler));
  if (where.kind == net::endpoint::scheme::tcp && !is_numeric(where.host))
    attempt->fail(errc::address_invalid);
  else if (internet().descriptors_exhausted)
    attempt->fail(errc::descriptors_exhausted);
  else
    attempt->start(where, options.local_address.empty() ? host_ : options.local_address, options);
  return attempt;
}

std::unique_ptr<net::transport> simulated_backend::adopt(socket connected, descriptor held) {
  return std::make_unique<simulated_transport>(*this, std::move(connected), std::move(held));
}

}  // namespace actornet::sim

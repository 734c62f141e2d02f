// Listening and connecting sockets on Asio.

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "actornet/net/loop.hpp"
#include "asio_backend.hpp"
#include "asio_endpoints.hpp"
#include "asio_errors.hpp"

namespace actornet::net {

namespace {

using boost::system::error_code;

// The descriptor of @p socket; what cannot be released becomes one that cannot be adopted either.
any_socket::native_handle_type release(any_socket& socket) {
  error_code error;
  const auto handle = socket.release(error);
  return error ? any_socket::native_handle_type(-1) : handle;
}

class pending_socket final : public pending_connection {
 public:
  pending_socket(any_socket socket, const any_socket::protocol_type& protocol, const endpoint& peer)
      : socket_(std::move(socket)), protocol_(protocol), peer_(peer) {}

  std::unique_ptr<transport> attach(loop& target) override {
    return static_cast<asio_backend&>(target.driver()).adopt(protocol_, release(socket_));
  }

  std::string peer_address() const override {
    return peer_.kind == endpoint::scheme::tcp ? peer_.host : std::string();
  }

 private:
  any_socket socket_;
  const any_socket::protocol_type protocol_;
  endpoint peer_;
};

// `Protocol` is ip::tcp or local::stream_protocol; Asio's generic protocol has no acceptor.
template <class Protocol>
class asio_listener final : public listening_socket {
 public:
  asio_listener(asio::io_context& io, asio_backend& owner, const socket_options& options)
      : io_(io),
        owner_(owner),
        shared_(std::make_shared<shared_state>(
            shared_state{typename Protocol::acceptor(io), {0, 0}, {}})),
        options_(options) {}

  ~asio_listener() override {
    shared_->handler = nullptr;
    error_code ignored;
    shared_->acceptor.close(ignored);
    if (!unlink_path_.empty())
      std::remove(unlink_path_.c_str());
  }

  error_code open(const any_socket::endpoint_type& address) {
    typename Protocol::endpoint where;
    std::memcpy(where.data(), address.data(), address.size());
    where.resize(address.size());
    error_code error;
    auto& acceptor = shared_->acceptor;
    shared_->protocol = address.protocol();
    acceptor.open(where.protocol(), error);
    if (!error && std::is_same_v<Protocol, asio::ip::tcp>)
      acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error)
      acceptor.bind(where, error);
    if (!error)
      acceptor.listen(options_.backlog, error);
    if (!error && !owner_.watch(acceptor.native_handle()))
      error = asio::error::no_descriptors;
    return error;
  }

  // A Unix socket's file is ours from the bind on: it goes when the listener goes.
  void unlink_on_close(std::string path) { unlink_path_ = std::move(path); }

  void accept(accepted handler) override {
    shared_->handler = std::move(handler);
    shared_->acceptor.async_accept([state = shared_, options = options_](
                                       const error_code& error, typename Protocol::socket socket) {
      if (!state->handler)
        return;
      const accepted deliver = std::exchange(state->handler, nullptr);
      if (error)
        return deliver(to_errc(error));
      deliver(pending(*state, options, std::move(socket)));
    });
    owner_.expect_handlers();
  }

  // What Asio has accepted already stands in no queue of the system any more: its handlers, each of
  // which may begin the next accept, come first. None is left behind, as only they accept.
  std::unique_ptr<pending_connection> accept_waiting() override {
    for (int i = 0; i < options_.backlog && shared_->handler && io_.poll_one() > 0; ++i) {
    }
    error_code error;
    shared_->acceptor.non_blocking(true, error);
    typename Protocol::socket socket(shared_->acceptor.get_executor());
    if (!error)
      shared_->acceptor.accept(socket, error);
    return error ? nullptr : pending(*shared_, options_, std::move(socket));
  }

  endpoint local() const override {
    error_code error;
    return from_asio(any_socket::endpoint_type(shared_->acceptor.local_endpoint(error)));
  }

 private:
  struct shared_state {  // outlives the listener until Asio delivered the cancelled accept
    typename Protocol::acceptor acceptor;
    any_socket::protocol_type protocol;
    accepted handler;
  };

  static std::unique_ptr<pending_connection> pending(const shared_state& state,
                                                     const socket_options& options,
                                                     typename Protocol::socket socket) {
    any_socket generic(std::move(socket));
    apply(options, generic);
    const endpoint peer = remote_of(generic);
    return std::make_unique<pending_socket>(std::move(generic), state.protocol, peer);
  }

  asio::io_context& io_;
  asio_backend& owner_;
  std::shared_ptr<shared_state> shared_;
  const socket_options options_;
  std::string unlink_path_;
};

class asio_connecting final : public connecting_socket {
 public:
  asio_connecting(asio::io_context& io, asio_backend& owner, connected handler)
      : shared_(std::make_shared<shared_state>(
            shared_state{any_socket(io), owner, std::move(handler)})) {}

  ~asio_connecting() override {
    shared_->handler = nullptr;
    error_code ignored;
    shared_->socket.close(ignored);
  }

  void start(const endpoint& where, const socket_options& options) {
    const auto address = to_asio(where);
    error_code error;
    if (!address)
      return fail(errc::address_invalid);
    shared_->socket.open(address->protocol(), error);
    if (!error)
      apply(options, shared_->socket);
    if (!error && !options.local_address.empty())
      if (const auto local = to_asio({where.kind, options.local_address, 0}))
        shared_->socket.bind(*local, error);
    if (!error && !shared_->owner.watch(shared_->socket.native_handle()))
      error = asio::error::no_descriptors;
    if (error)
      return fail(to_errc(error));
    shared_->socket.async_connect(
        *address, [state = shared_, protocol = address->protocol()](const error_code& outcome) {
          if (outcome)
            return finish(*state, to_errc(outcome));
          state->owner.unwatch(state->socket.native_handle());
          finish(*state, state->owner.adopt(protocol, release(state->socket)));
        });
    shared_->owner.expect_handlers();
  }

 private:
  struct shared_state {
    any_socket socket;
    asio_backend& owner;
    connected handler;
  };

  static void finish(shared_state& state, result<std::unique_ptr<transport>> outcome) {
    if (const connected deliver = std::exchange(state.handler, nullptr))
      deliver(std::move(outcome));
  }

  void fail(errc reason) {
    asio::post(shared_->socket.get_executor(),
               [state = shared_, reason] { finish(*state, reason); });
    shared_->owner.expect_handlers();
  }

  std::shared_ptr<shared_state> shared_;
};

template <class Protocol>
result<std::unique_ptr<listening_socket>> open_listener(asio::io_context& io, asio_backend& owner,
                                                        const any_socket::endpoint_type& address,
                                                        const socket_options& options,
                                                        const std::string& unlink_path = {}) {
  auto listener = std::make_unique<asio_listener<Protocol>>(io, owner, options);
  if (const error_code error = listener->open(address))
    return to_errc(error);
  listener->unlink_on_close(unlink_path);
  return std::unique_ptr<listening_socket>(std::move(listener));
}

#if defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
// Whether @p file is what a process left behind that was killed: a socket at which nobody listens.
// Two that begin at the same time may both find it so; then the last one has the path.
bool is_stale(const std::string& file, const any_socket::endpoint_type& address) {
  std::error_code ignored;
  if (!std::filesystem::is_socket(std::filesystem::symlink_status(file, ignored)))
    return false;
  asio::io_context io;
  any_socket probe(io);
  error_code error;
  probe.open(address.protocol(), error);
  if (!error)
    probe.non_blocking(true, error);  // a full backlog must not make us wait
  if (!error)
    probe.connect(address, error);
  return error == asio::error::connection_refused;
}
#endif

}  // namespace

result<std::unique_ptr<listening_socket>> asio_backend::listen(const endpoint& where,
                                                               const socket_options& options) {
  const auto addresses = resolve(where);
  if (!addresses)
    return addresses.error();
  const auto address = to_asio(addresses->front());
  if (!address)
    return address.error();
  if (where.kind == endpoint::scheme::tcp)
    return open_listener<asio::ip::tcp>(io_, *this, *address, options);
#if defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
  const std::string file = where.host.starts_with('@') ? std::string() : where.host;
  auto opened = open_listener<asio::local::stream_protocol>(io_, *this, *address, options, file);
  if (opened.error() == errc::address_in_use && is_stale(file, *address)) {
    std::remove(file.c_str());
    opened = open_listener<asio::local::stream_protocol>(io_, *this, *address, options, file);
  }
  return opened;
#else
  return errc::address_invalid;
#endif
}

std::unique_ptr<connecting_socket> asio_backend::connect(const endpoint& where,
                                                         const socket_options& options,
                                                         connecting_socket::connected handler) {
  auto attempt = std::make_unique<asio_connecting>(io_, *this, std::move(handler));
  attempt->start(where, options);
  return attempt;
}

}  // namespace actornet::net

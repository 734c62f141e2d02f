// The transport that works on every platform: readiness from Asio's one-shot `async_wait`.

#include <array>
#include <boost/asio/buffer.hpp>

#include "actornet/net/loop.hpp"
#include "asio_backend.hpp"
#include "asio_endpoints.hpp"
#include "asio_errors.hpp"

namespace actornet::net {

namespace {

constexpr std::size_t parts_max = 64;  // of one gathered write

class portable_transport final : public transport {
 public:
  portable_transport(any_socket socket, loop& owner)
      : shared_(std::make_shared<shared_state>(shared_state{std::move(socket), this})),
        loop_(owner) {
    boost::system::error_code ignored;
    shared_->socket.non_blocking(true, ignored);
  }

  ~portable_transport() override { close(); }

  void arm_read() override {
    readable_ = false;
    arm(any_socket::wait_read, &portable_transport::readable_);
  }

  void arm_write() override {
    writable_ = false;
    arm(any_socket::wait_write, &portable_transport::writable_);
  }

  io_result read_some(std::span<std::byte> into) override {
    boost::system::error_code error;
    const std::size_t bytes =
        shared_->socket.read_some(asio::buffer(into.data(), into.size()), error);
    return outcome(bytes, error);
  }

  io_result write_some(std::span<const std::span<const std::byte>> parts) override {
    std::array<asio::const_buffer, parts_max> buffers;
    const std::size_t count = std::min(parts.size(), parts_max);
    for (std::size_t i = 0; i < count; ++i)
      buffers[i] = asio::const_buffer(parts[i].data(), parts[i].size());
    boost::system::error_code error;
    const std::size_t bytes = shared_->socket.write_some(std::span(buffers).first(count), error);
    return outcome(bytes, error);
  }

  void shutdown_write() override {
    boost::system::error_code ignored;
    shared_->socket.shutdown(any_socket::shutdown_send, ignored);
  }

  void close() override {
    shared_->transport = nullptr;
    boost::system::error_code ignored;
    shared_->socket.close(ignored);
  }

  void abort() override {
    boost::system::error_code ignored;
    shared_->socket.set_option(any_socket::linger(true, 0), ignored);
    close();
  }

  endpoint peer() const override { return remote_of(shared_->socket); }

 private:
  // Asio delivers a cancelled wait after the transport is gone: the wait owns what it looks at.
  struct shared_state {
    any_socket socket;
    portable_transport* transport;
  };

  void arm(any_socket::wait_type what, bool portable_transport::*flag) {
    shared_->socket.async_wait(
        what, [state = shared_, flag](const boost::system::error_code& error) {
          portable_transport* const self = state->transport;
          if (!self || error == asio::error::operation_aborted)
            return;
          self->*flag = true;  // an error too: the next read or write reports it
          self->run_owner(self->loop_);
        });
  }

  static io_result outcome(std::size_t bytes, const boost::system::error_code& error) {
    if (!error)
      return {io_result::status::ok, bytes};
    if (error == asio::error::would_block || error == asio::error::try_again ||
        error == asio::error::interrupted)
      return {};
    if (error == asio::error::eof)
      return {io_result::status::end_of_stream};
    return {io_result::status::error, 0, to_errc(error)};
  }

  std::shared_ptr<shared_state> shared_;
  loop& loop_;
};

}  // namespace

std::unique_ptr<transport> make_portable_transport(any_socket socket, loop& owner) {
  return std::make_unique<portable_transport>(std::move(socket), owner);
}

}  // namespace actornet::net

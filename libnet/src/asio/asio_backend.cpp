#include "asio_backend.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "actornet/net/loop.hpp"
#include "asio_errors.hpp"

namespace actornet::net {

std::unique_ptr<backend> make_asio_backend(poller kind) {
  return std::make_unique<asio_backend>(kind);
}

void asio_backend::bind(loop& owner) {
  owner_ = &owner;
  if (kind_ == poller::native)
    native_ = make_native_readiness(io_, owner);
}

time_point asio_backend::now() {
  return time_point(std::chrono::steady_clock::now().time_since_epoch());
}

// While there is work, Asio itself (accepts, connects, wake-ups) is asked only every few turns: the
// connections' readiness comes from the native source, and a busy loop needs no waking.
void asio_backend::poll() {
  if (native_)
    last_collected_ = native_->collect();
  if (!native_ || asio_is_due())
    run_handlers();
}

void asio_backend::wait(time_point deadline) {
  if (native_) {
    // Under load the next events are there already: one system call instead of three.
    constexpr std::size_t busy = 2;
    if (last_collected_ >= busy && (last_collected_ = native_->collect()) > 0) {
      if (asio_is_due())
        run_handlers();
      return;
    }
    native_->wait_for_any();
  }
  set_alarm(deadline);
  io_.run_one();
  // What Asio had to tell was mostly that the native source has something.
  last_collected_ = native_ ? native_->collect() : 0;
  if (last_collected_ == 0 || asio_is_due())
    run_handlers();
}

bool asio_backend::asio_is_due() noexcept {
  return ++looks_without_asio_ >= looks_between_asio;
}

// A handler may make another one ready: an accept does while connections wait to be accepted. So
// the look ends after a number of them, and the rest is there at the next one.
void asio_backend::run_handlers() {
  looks_without_asio_ = 0;
  for (std::size_t i = 0; i < handlers_per_look && io_.poll_one() > 0; ++i) {
  }
}

// An alarm that is set too early costs one spurious wake-up; setting it anew costs a system call.
void asio_backend::set_alarm(time_point deadline) {
  if (deadline >= alarm_at_)
    return;
  alarm_at_ = deadline;
  alarm_.expires_at(std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(
          deadline.time_since_epoch())));
  alarm_.async_wait([this](const boost::system::error_code& error) {
    if (!error)
      alarm_at_ = never;
  });
}

void asio_backend::wake() {
  asio::post(io_, [] {});
}

std::unique_ptr<transport> asio_backend::adopt(const any_socket::protocol_type& protocol,
                                               any_socket::native_handle_type handle) {
  if (native_)
    return native_->make_transport(handle);
  any_socket socket(io_);
  boost::system::error_code error;
  socket.assign(protocol, handle, error);
  if (error)
    close_socket(handle);  // what is not open tells its owner so
  return make_portable_transport(std::move(socket), *owner_);
}

result<std::vector<endpoint>> asio_backend::resolve(const endpoint& name) {
  if (name.kind == endpoint::scheme::local)
    return std::vector{name};
  asio::io_context io;  // of its own: the loop's must not be touched by another thread
  asio::ip::tcp::resolver resolver(io);
  boost::system::error_code error;
  const auto found = resolver.resolve(name.host, std::to_string(name.port), error);
  if (error || found.empty())
    return errc::name_not_found;
  std::vector<endpoint> addresses;
  for (const auto& one : found)
    addresses.push_back({name.kind, one.endpoint().address().to_string(), name.port});
  return addresses;
}

}  // namespace actornet::net

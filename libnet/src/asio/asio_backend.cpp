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
    native_ = make_native_readiness(owner);
}

time_point asio_backend::now() {
  return time_point(std::chrono::steady_clock::now().time_since_epoch());
}

void asio_backend::poll() {
  if (native_)
    collect({});
  else
    run_handlers();
}

void asio_backend::wait(time_point deadline) {
  if (native_)
    return collect(handlers_expected_  ? duration{}
                   : deadline == never ? duration::max()
                                       : deadline - now());
  set_alarm(deadline);
  io_.run_one();
  run_handlers();
}

// The native source tells when Asio has something: it is not asked otherwise, which would be two
// system calls a sleep.
void asio_backend::collect(duration patience) {
  if (native_->collect(patience) || handlers_expected_)
    run_handlers();
}

// A handler may make another one ready: an accept does while connections wait to be accepted. So
// the look ends after a number of them, and the rest is there at the next one.
void asio_backend::run_handlers() {
  std::size_t ran = 0;
  while (ran < handlers_per_look && io_.poll_one() > 0)
    ++ran;
  handlers_expected_ = ran == handlers_per_look;
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
  if (native_)
    native_->wake();
  else
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

result<std::unique_ptr<descriptor_watch>> asio_backend::watch_descriptor(
    descriptor watched, descriptor_listener& told) {
  if (native_)
    return native_->make_watch(std::move(watched), told);
  return make_portable_watch(io_, *owner_, std::move(watched), told);
}

}  // namespace actornet::net

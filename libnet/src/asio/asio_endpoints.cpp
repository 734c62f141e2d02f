#include "asio_endpoints.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <cstring>
#include <limits>

namespace actornet::net {

namespace {

using boost::system::error_code;

#if defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
result<any_socket::endpoint_type> unix_to_asio(const endpoint& where) {
  std::string path = where.host;
  if (path.starts_with('@'))
    path[0] = '\0';                       // Linux's abstract namespace
  if (path.empty() || path.size() > 107)  // sockaddr_un::sun_path
    return errc::address_invalid;
  return any_socket::endpoint_type(asio::local::stream_protocol::endpoint(path));
}

endpoint unix_from_asio(const any_socket::endpoint_type& address) {
  constexpr std::size_t header = offsetof(sockaddr, sa_data);  // sockaddr_un::sun_path, too
  std::string path;
  if (address.size() > header) {
    path.assign(reinterpret_cast<const char*>(address.data()) + header, address.size() - header);
    if (path[0] == '\0')
      path[0] = '@';
    path.resize(std::strlen(path.c_str()));
  }
  return {endpoint::scheme::local, path, 0};
}
#else
result<any_socket::endpoint_type> unix_to_asio(const endpoint&) {
  return errc::address_invalid;
}

endpoint unix_from_asio(const any_socket::endpoint_type&) {
  return {endpoint::scheme::local, "", 0};
}
#endif

// RFC 5482; Asio has no name for it. It fails on Unix sockets, which lose no peers.
void set_user_timeout(duration timeout, any_socket& socket) {
#if defined(TCP_USER_TIMEOUT)
  const auto wanted = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  const unsigned milliseconds =
      static_cast<unsigned>(std::min<std::int64_t>(wanted, std::numeric_limits<int>::max()));
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds,
               sizeof milliseconds);
#else
  (void)timeout, (void)socket;
#endif
}

}  // namespace

result<any_socket::endpoint_type> to_asio(const endpoint& where) {
  if (where.kind == endpoint::scheme::local)
    return unix_to_asio(where);
  error_code error;
  const auto address = asio::ip::make_address(where.host, error);
  if (error)
    return errc::address_invalid;
  return any_socket::endpoint_type(asio::ip::tcp::endpoint(address, where.port));
}

endpoint from_asio(const any_socket::endpoint_type& address) {
  const int family = address.protocol().family();
  if (family != asio::ip::tcp::v4().family() && family != asio::ip::tcp::v6().family())
    return unix_from_asio(address);
  asio::ip::tcp::endpoint tcp;
  std::memcpy(tcp.data(), address.data(), std::min(address.size(), tcp.capacity()));
  return {endpoint::scheme::tcp, tcp.address().to_string(), tcp.port()};
}

endpoint remote_of(const any_socket& socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error);
  return error ? endpoint{} : from_asio(address);
}

void apply(const socket_options& options, any_socket& socket) {
  error_code ignored;
  if (options.send_buffer_bytes > 0)
    socket.set_option(any_socket::send_buffer_size(static_cast<int>(options.send_buffer_bytes)),
                      ignored);
  if (options.receive_buffer_bytes > 0)
    socket.set_option(
        any_socket::receive_buffer_size(static_cast<int>(options.receive_buffer_bytes)), ignored);
  if (options.keep_alive)
    socket.set_option(any_socket::keep_alive(true), ignored);
  if (options.no_delay)
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);  // fails on Unix sockets: no Nagle
  if (options.user_timeout > duration::zero())
    set_user_timeout(options.user_timeout, socket);
}

}  // namespace actornet::net

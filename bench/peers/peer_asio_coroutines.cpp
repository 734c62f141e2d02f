// Echo server on Boost.Asio with C++20 coroutines: one `awaitable` per connection.

#include "asio_peer.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

using asio_peer::tcp;
using boost::asio::awaitable;
using boost::asio::use_awaitable;

static awaitable<void> echo(tcp::socket socket) {
  std::array<char, asio_peer::buffer_bytes> buffer;
  try {
    for (;;) {
      const std::size_t size =
          co_await socket.async_read_some(boost::asio::buffer(buffer), use_awaitable);
      co_await boost::asio::async_write(socket, boost::asio::buffer(buffer, size), use_awaitable);
    }
  } catch (const boost::system::system_error&) {
    // end of stream or reset: the connection is over
  }
}

static awaitable<void> accept_all(tcp::acceptor& acceptor) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(use_awaitable);
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    co_spawn(acceptor.get_executor(), echo(std::move(socket)), boost::asio::detached);
  }
}

int main(int argc, char** argv) {
  return asio_peer::run(argc, argv, [](tcp::acceptor& acceptor) {
    co_spawn(acceptor.get_executor(), accept_all(acceptor), boost::asio::detached);
  });
}

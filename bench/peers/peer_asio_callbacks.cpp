// Echo server on Boost.Asio with callbacks: one session object and 4 KiB buffer per connection.

#include "asio_peer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <memory>
#include <utility>

using asio_peer::tcp;
using boost::system::error_code;

class session : public std::enable_shared_from_this<session> {
 public:
  explicit session(tcp::socket socket) : socket_{std::move(socket)} {}

  void read() {
    socket_.async_read_some(boost::asio::buffer(buffer_),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                              if (!error)
                                self->write(size);
                            });
  }

 private:
  void write(std::size_t size) {
    boost::asio::async_write(socket_, boost::asio::buffer(buffer_, size),
                             [self = shared_from_this()](error_code error, std::size_t) {
                               if (!error)
                                 self->read();
                             });
  }

  tcp::socket socket_;
  std::array<char, asio_peer::buffer_bytes> buffer_;
};

static void accept_all(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](error_code error, tcp::socket socket) {
    if (!error) {
      error_code ignored;
      socket.set_option(tcp::no_delay{true}, ignored);
      std::make_shared<session>(std::move(socket))->read();
    }
    accept_all(acceptor);
  });
}

int main(int argc, char** argv) {
  return asio_peer::run(argc, argv, accept_all);
}

#pragma once

// A blocking client on a socket of the system, as another program would be.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "actornet/net/endpoint.hpp"

namespace actornet {

class real_client {
 public:
  /// @p receive_buffer_bytes: 0 leaves it to the system.
  explicit real_client(const net::endpoint& where, int receive_buffer_bytes = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(where.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{.tv_sec = 60, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (receive_buffer_bytes > 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~real_client() { ::close(fd_); }
  real_client(const real_client&) = delete;
  real_client& operator=(const real_client&) = delete;

  /// False when the peer does not take all.
  bool send(const std::string& bytes) {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

  /// Sends until the peer takes no more for a while. Returns how many bytes it took.
  std::size_t send_until_stuck(const std::string& bytes) {
    set_send_patience({.tv_sec = 0, .tv_usec = 300'000});
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t more = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
      if (more <= 0)
        break;
      done += static_cast<std::size_t>(more);
    }
    set_send_patience({.tv_sec = 60, .tv_usec = 0});
    return done;
  }

  /// So many bytes; fewer at the end of the stream, or when nothing came for long.
  std::string receive(std::size_t count) {
    std::string bytes(count, '\0');
    std::size_t got = 0;
    while (got < count) {
      const ssize_t more = ::recv(fd_, bytes.data() + got, count - got, 0);
      if (more <= 0)
        break;
      got += static_cast<std::size_t>(more);
    }
    bytes.resize(got);
    return bytes;
  }

 private:
  void set_send_patience(timeval patience) {
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }

  int fd_;
};

}  // namespace actornet

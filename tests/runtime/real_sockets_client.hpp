#pragma once

// A plain blocking client of the system's sockets: the peer of servers under test, without any code
// of ours. It gives up after `long_time`, so that a test fails instead of hanging.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "actornet/net/endpoint.hpp"
#include "runtime/event.hpp"

namespace actornet {

class socket_client {
 public:
  /// Only the socket, so that `connect` needs no descriptor.
  explicit socket_client(int family = AF_INET) : family_(family) {
    fd_ = ::socket(family, SOCK_STREAM, 0);
    EXPECT_GE(fd_, 0) << errno;
    const timeval patience{long_time.count(), 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~socket_client() { close(); }
  socket_client(const socket_client&) = delete;
  socket_client& operator=(const socket_client&) = delete;

  void set_receive_buffer(int bytes) {
    ASSERT_EQ(::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes), 0);
  }

  /// To the loopback address of its family.
  void connect(std::uint16_t port) {
    if (family_ == AF_INET) {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(port);
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      connect(to);
    } else {
      sockaddr_in6 to{};
      to.sin6_family = AF_INET6;
      to.sin6_port = htons(port);
      to.sin6_addr = in6addr_loopback;
      connect(to);
    }
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(sent, 0) << errno;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// @p count bytes; fewer when the stream ends before.
  std::string receive(std::size_t count) {
    std::string bytes(count, '\0');
    std::size_t have = 0;
    while (have < count) {
      const ssize_t got = ::recv(fd_, bytes.data() + have, count - have, 0);
      EXPECT_GE(got, 0) << "after " << have << " bytes: " << errno;
      if (got <= 0)
        break;
      have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
  }

  /// Whether the next thing to receive is an orderly end.
  [[nodiscard]] bool at_end() {
    char none = 0;
    return ::recv(fd_, &none, 1, 0) == 0;
  }

  void shutdown_write() { ASSERT_EQ(::shutdown(fd_, SHUT_WR), 0); }

  void close() {
    if (fd_ >= 0)
      ::close(fd_);
    fd_ = -1;
  }

  /// Closes with a reset.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  /// The port of our side, by which the server knows us.
  std::uint16_t port() const {
    sockaddr_in mine{};
    socklen_t size = sizeof mine;
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&mine), &size), 0);
    return ntohs(mine.sin_port);
  }

 private:
  template <class Address>
  void connect(const Address& to) {
    ASSERT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0) << errno;
  }

  int family_;
  int fd_;
};

}  // namespace actornet

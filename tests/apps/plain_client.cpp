#include "plain_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace actornet::echo {

namespace {

constexpr int patience_ms = 60'000;

}  // namespace

plain_client::plain_client(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    close();  // the calls below do nothing then
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(socket_, F_SETFL, O_NONBLOCK);
}

void plain_client::close() noexcept {
  if (socket_ >= 0)
    ::close(std::exchange(socket_, -1));
}

std::size_t plain_client::send_some(std::string_view bytes) {
  const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

std::size_t plain_client::unacknowledged() const {
  int bytes = 0;
  ::ioctl(socket_, SIOCOUTQ, &bytes);
  return static_cast<std::size_t>(bytes);
}

void plain_client::stuff() {
  constexpr int quiet_ms = 300;  // the server takes its time over what was sent
  const std::string bytes(64 * 1024, 'x');
  pollfd one{socket_, POLLOUT, 0};
  do {
    while (send_some(bytes) > 0) {
    }
  } while (::poll(&one, 1, quiet_ms) > 0 && (one.revents & (POLLERR | POLLHUP)) == 0);
}

plain_client::outcome plain_client::receive_some(std::string& text) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (count > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
    return outcome::bytes;
  }
  if (count == 0)
    return outcome::end;
  return errno == EAGAIN || errno == EINTR ? outcome::nothing_yet : outcome::reset;
}

bool plain_client::readable_within(int patience_ms) const {
  pollfd one{socket_, POLLIN, 0};
  return ::poll(&one, 1, patience_ms) > 0;
}

bool plain_client::receives(std::string_view bytes) {
  std::string came;
  while (came.size() < bytes.size()) {
    if (!readable_within(patience_ms))
      return false;
    if (const outcome what = receive_some(came); what == outcome::end || what == outcome::reset)
      return false;
  }
  return came == bytes;
}

plain_client::outcome plain_client::wait_for_end() {
  std::string ignored;
  while (readable_within(patience_ms))
    if (const outcome what = receive_some(ignored); what == outcome::end || what == outcome::reset)
      return what;
  return outcome::nothing_yet;
}

std::vector<std::size_t> wait_for_readable(const std::vector<const plain_client*>& sockets) {
  std::vector<pollfd> polled;
  for (const plain_client* each : sockets)  // those that are closed have -1, which poll skips
    polled.push_back({each->descriptor(), POLLIN, 0});
  std::vector<std::size_t> ready;
  if (::poll(polled.data(), polled.size(), patience_ms) > 0)
    for (std::size_t i = 0; i < polled.size(); ++i)
      if (polled[i].revents != 0)
        ready.push_back(i);
  return ready;
}

std::string delimited(std::string_view payload) {
  std::string frame;
  std::size_t left = payload.size();
  for (; left >= 0x80; left >>= 7)
    frame += static_cast<char>(left | 0x80);
  frame += static_cast<char>(left);
  return frame.append(payload);
}

std::uint16_t port_of(const std::string& listening) {
  return static_cast<std::uint16_t>(std::stoi(listening.substr(listening.rfind(':') + 1)));
}

}  // namespace actornet::echo

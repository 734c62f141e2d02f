#include "actornet/net/console.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace actornet::net {

namespace {

constexpr std::size_t read_bytes_max = 4096;
constexpr std::size_t columns_usual = 80;

std::error_code last_error() {
  return {errno, std::generic_category()};
}

}  // namespace

struct console::saved_terminal {
  termios before;
};

console::console()
    : is_terminal_(::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1),
      shows_terminal_(::isatty(STDOUT_FILENO) == 1) {
  int ends[2];
  if (::pipe(ends) != 0)
    throw std::system_error(last_error(), "pipe");
  wake_read_ = ends[0];
  wake_write_ = ends[1];
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
}

console::~console() {
  give_keyboard_back();
  ::close(wake_read_);
  ::close(wake_write_);
}

result<std::string> console::read() {
  std::string bytes(read_bytes_max, '\0');
  for (;;) {
    pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {wake_read_, POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) {
      if (errno == EINTR)
        continue;
      return last_error();
    }
    if (ready[1].revents != 0)
      return errc::cancelled;
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.resize(static_cast<std::size_t>(count));
      return bytes;
    }
    if (errno != EINTR && errno != EAGAIN)
      return last_error();
  }
}

// The byte stays in the pipe: all later reads see it, too.
void console::stop_reading() noexcept {
  [[maybe_unused]] const ssize_t written = ::write(wake_write_, "", 1);
}

result<void> console::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd ready{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return last_error();
    }
  }
  return {};
}

bool console::take_keyboard() {
  termios now{};
  if (!is_terminal_ || saved_ || ::tcgetattr(STDIN_FILENO, &now) != 0)
    return false;
  auto before = std::make_unique<saved_terminal>(saved_terminal{now});
  now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  now.c_iflag &= ~static_cast<tcflag_t>(IXON);
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  if (::tcsetattr(STDIN_FILENO, TCSADRAIN, &now) != 0)
    return false;
  saved_ = std::move(before);
  return true;
}

void console::give_keyboard_back() noexcept {
  if (saved_)
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &saved_->before);
  saved_.reset();
}

std::size_t console::columns() const noexcept {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return columns_usual;
  return size.ws_col;
}

}  // namespace actornet::net

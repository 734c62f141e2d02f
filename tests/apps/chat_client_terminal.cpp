#include "chat_client_terminal.hpp"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace actornet::talk {

namespace {

constexpr int patience_ms = 60'000;

}  // namespace

void screen_model::take(std::string_view bytes) {
  for (const char byte : bytes) {
    if (!in_code_ && byte != '\x1b') {
      put(byte);
      continue;
    }
    in_code_ = true;
    code_ += byte;
    if (code_.size() > 2 && byte >= 0x40 && byte <= 0x7e) {
      take_code(byte);
      code_.clear();
      in_code_ = false;
    }
  }
}

void screen_model::put(char byte) {
  if (byte == '\r') {
    column_ = 0;
  } else if (byte == '\n') {
    lines_.emplace_back();
  } else {
    if (column_ == columns_) {
      ++wrapped_;
      lines_.emplace_back();
      column_ = 0;
    }
    std::string& line = lines_.back();
    line.resize(std::max(line.size(), column_ + 1), ' ');
    line[column_++] = byte;
  }
}

void screen_model::take_code(char final_byte) {
  if (final_byte == 'K')
    lines_.back().resize(std::min(lines_.back().size(), column_));
  else if (final_byte == 'C')
    column_ += static_cast<std::size_t>(std::stoi(code_.substr(2)));
  else if (final_byte != 'm')
    ++odd_codes_;
}

std::string screen_model::text() const {
  std::string all;
  for (const std::string& line : lines_)
    all += line + "\n";
  return all;
}

terminal_program::terminal_program(std::size_t columns, const std::vector<std::string>& arguments)
    : screen(columns) {
  const std::string path = std::string(ACTORNET_BIN_DIR) + "/actornet-chat";
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), path);
  std::vector<char*> pointers;
  for (std::string& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  winsize size{24, static_cast<unsigned short>(columns), 0, 0};
  id_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
  if (id_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setenv("TERM", "xterm", 1);
    ::setenv("TZ", "UTC", 1);
    ::execv(path.c_str(), pointers.data());
    ::_exit(127);
  }
}

terminal_program::~terminal_program() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(terminal_);
}

void terminal_program::type(std::string_view keys) {
  [[maybe_unused]] const ssize_t written = ::write(terminal_, keys.data(), keys.size());
}

void terminal_program::resize(std::size_t columns) {
  winsize size{24, static_cast<unsigned short>(columns), 0, 0};
  ::ioctl(terminal_, TIOCSWINSZ, &size);
}

bool terminal_program::read_some() {
  pollfd one{terminal_, POLLIN, 0};
  char bytes[4096];
  if (::poll(&one, 1, patience_ms) <= 0)
    return false;
  const ssize_t count = ::read(terminal_, bytes, sizeof bytes);
  if (count <= 0)
    return false;
  screen.take({bytes, static_cast<std::size_t>(count)});
  return true;
}

bool terminal_program::shows(const std::string& text) {
  while (screen.text().find(text) == std::string::npos)
    if (!read_some())
      return false;
  return true;
}

int terminal_program::wait() {
  while (read_some()) {
  }
  int status = 0;
  ::waitpid(std::exchange(id_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool terminal_program::is_as_before() const {
  termios now{};
  return ::tcgetattr(terminal_, &now) == 0 && (now.c_lflag & ICANON) != 0 &&
         (now.c_lflag & ECHO) != 0;
}

}  // namespace actornet::talk

#include "nats/server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace actornet::nats_test {

server::server(std::vector<std::string> more, bool with_jetstream)
    : more_(std::move(more)), with_jetstream_(with_jetstream) {
  start();
}

server::~server() {
  kill();
}

void server::kill() {
  if (process_ < 0)
    return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  ::close(log_);
  process_ = log_ = -1;
}

void server::start() {
  std::vector<std::string> words{"nats-server", "--addr", "127.0.0.1", "--port", port_};
  if (with_jetstream_)
    words.insert(words.end(), {"-js", "--store_dir", folder_.path().string()});
  words.insert(words.end(), more_.begin(), more_.end());
  std::vector<char*> arguments;
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  process_ = ::fork();
  ASSERT_GE(process_, 0);
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  log_ = ends[0];
  wait_until_ready();
}

// Its log says where it listens, and when.
void server::wait_until_ready() {
  constexpr std::string_view listens = "client connections on 127.0.0.1:";
  std::string said;
  std::array<char, 4096> bytes{};
  while (said.find("Server is ready") == std::string::npos) {
    const ssize_t count = ::read(log_, bytes.data(), bytes.size());
    ASSERT_GT(count, 0) << "nats-server ended: " << said;
    said.append(bytes.data(), static_cast<std::size_t>(count));
  }
  const std::size_t begin = said.find(listens);
  ASSERT_NE(begin, std::string::npos) << said;
  const std::size_t digits = begin + listens.size();
  port_ = said.substr(digits, said.find_first_not_of("0123456789", digits) - digits);
}

}  // namespace actornet::nats_test

#include "load_programs.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>
#include <utility>

namespace actornet::load {

namespace {

constexpr std::chrono::minutes patience{1};

struct pipe_ends {
  int read;
  int write;
};

pipe_ends make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)  // a program must not hold the ends of another one
    throw std::system_error(errno, std::generic_category(), "pipe2");
  return {ends[0], ends[1]};
}

[[noreturn]] void become(const std::string& path, std::vector<char*>& arguments, int input,
                         int output, int errors, unsigned open_files_max) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit few{open_files_max, open_files_max};
  if (open_files_max != 0 && ::setrlimit(RLIMIT_NOFILE, &few) != 0)
    ::_exit(127);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::execv(path.c_str(), arguments.data());
  ::_exit(127);
}

// Appends what there is to @p text; closes at the end.
void drain(int& from, std::string& text) {
  char buffer[4096];
  const ssize_t count = ::read(from, buffer, sizeof buffer);
  if (count > 0) {
    text.append(buffer, static_cast<std::size_t>(count));
    return;
  }
  ::close(from);
  from = -1;
}

}  // namespace

child_program::child_program(const std::string& name, const std::vector<std::string>& arguments,
                             unsigned open_files_max) {
  const std::string path = std::string(ACTORNET_BIN_DIR) + "/" + name;
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), path);
  std::vector<char*> pointers;
  for (std::string& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pipe_ends input = make_pipe();
  const pipe_ends output = make_pipe();
  const pipe_ends errors = make_pipe();
  id_ = ::fork();
  if (id_ == 0)
    become(path, pointers, input.read, output.write, errors.write, open_files_max);
  ::close(input.read);
  ::close(output.write);
  ::close(errors.write);
  input_pipe_ = input.write;
  output_pipe_ = output.read;
  errors_pipe_ = errors.read;
}

child_program::~child_program() {
  if (id_ > 0) {
    signal(SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  close_input();
  ::close(output_pipe_);
  ::close(errors_pipe_);
}

void child_program::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(input_pipe_, text.data(), text.size());
    if (count <= 0)
      return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void child_program::close_input() {
  if (input_pipe_ >= 0)
    ::close(std::exchange(input_pipe_, -1));
}

void child_program::signal(int number) const {
  ::kill(id_, number);
}

// False when both ended or time is up.
bool child_program::read_some(time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  pollfd ends[] = {{output_pipe_, POLLIN, 0}, {errors_pipe_, POLLIN, 0}};
  if ((output_pipe_ < 0 && errors_pipe_ < 0) || left.count() <= 0 ||
      ::poll(ends, 2, static_cast<int>(left.count())) <= 0)
    return false;
  if (ends[0].revents != 0)
    drain(output_pipe_, output_);
  if (ends[1].revents != 0)
    drain(errors_pipe_, errors_);
  return true;
}

std::string child_program::next_line(std::string& text, const int& pipe) {
  const time_point deadline = std::chrono::steady_clock::now() + patience;
  std::size_t end = 0;
  while ((end = text.find('\n')) == std::string::npos)
    if (pipe < 0 || !read_some(deadline))
      return {};
  const std::string line = text.substr(0, end);
  text.erase(0, end + 1);
  return line;
}

int child_program::wait() {
  const time_point deadline = std::chrono::steady_clock::now() + patience;
  while (read_some(deadline)) {
  }
  if (output_pipe_ >= 0 || errors_pipe_ >= 0)
    return -1;  // it has not closed them: it lives
  int status = 0;
  ::waitpid(std::exchange(id_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace actornet::load

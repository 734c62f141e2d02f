#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace actornet::load {

/// A program of this build, run by a test. Killed when the test forgets it, or dies.
class child_program {
 public:
  /// Starts bin/@p name. With @p open_files_max that is its limit on descriptors, hard and soft.
  child_program(const std::string& name, const std::vector<std::string>& arguments,
                unsigned open_files_max = 0);
  ~child_program();
  child_program(const child_program&) = delete;
  child_program& operator=(const child_program&) = delete;

  int id() const noexcept { return id_; }
  void signal(int number) const;

  /// Its standard input.
  void write(std::string_view text);
  void close_input();

  /// The next line of its standard output, or error, without line break; empty at the end or after
  /// a minute.
  std::string read_line() { return next_line(output_, output_pipe_); }
  std::string read_error_line() { return next_line(errors_, errors_pipe_); }

  /// Waits for its end. Its exit code, 128 + n when signal n ended it, -1 when it takes a minute.
  int wait();

  /// After `wait`: what it wrote.
  const std::string& output() const noexcept { return output_; }
  const std::string& errors() const noexcept { return errors_; }

 private:
  using time_point = std::chrono::steady_clock::time_point;

  std::string next_line(std::string& text, const int& pipe);
  bool read_some(time_point deadline);

  int id_ = -1;
  int input_pipe_ = -1;
  int output_pipe_ = -1;
  int errors_pipe_ = -1;
  std::string output_;  // not taken as a line yet
  std::string errors_;
};

}  // namespace actornet::load

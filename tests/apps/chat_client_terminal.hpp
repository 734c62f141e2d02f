#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace actornet::talk {

/// What a terminal of some size shows, as far as the client's codes go: text, carriage return, line
/// feed, erase to the end of the line, cursor right. Other codes are counted.
class screen_model {
 public:
  explicit screen_model(std::size_t columns) : columns_(columns), lines_(1) {}

  void take(std::string_view bytes);

  const std::vector<std::string>& lines() const noexcept { return lines_; }
  std::string text() const;
  std::size_t wrapped() const noexcept { return wrapped_; }  ///< lines that the terminal broke
  std::size_t odd_codes() const noexcept { return odd_codes_; }

 private:
  void put(char byte);
  void take_code(char final_byte);

  const std::size_t columns_;
  std::vector<std::string> lines_;  // a byte is a column: for ASCII
  std::size_t column_ = 0;
  std::string code_;
  bool in_code_ = false;
  std::size_t wrapped_ = 0;
  std::size_t odd_codes_ = 0;
};

/// actornet-chat at a terminal of its own. Killed when the test forgets it.
class terminal_program {
 public:
  terminal_program(std::size_t columns, const std::vector<std::string>& arguments);
  ~terminal_program();
  terminal_program(const terminal_program&) = delete;
  terminal_program& operator=(const terminal_program&) = delete;

  void type(std::string_view keys);
  void resize(std::size_t columns);

  /// Whether the screen shows @p text now or within a minute.
  bool shows(const std::string& text);

  /// Waits for its end. Its exit code, or 128 + n when signal n ended it.
  int wait();

  /// Whether the terminal echoes and gathers lines, as it did before the program.
  bool is_as_before() const;

  screen_model screen;

 private:
  bool read_some();

  int id_ = -1;
  int terminal_ = -1;
};

}  // namespace actornet::talk

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "actornet/result.hpp"

namespace actornet::net {

/// Standard input and output of the process, for threads that may wait (`blocking`). Not on
/// Windows.
///
/// Thread safety: one thread reads, another one may write; `stop_reading`, `columns` and the facts
/// from any thread.
class console {
 public:
  console();   ///< throws std::system_error
  ~console();  ///< gives the keyboard back; nobody reads any more
  console(const console&) = delete;
  console& operator=(const console&) = delete;

  /// Waits for input and gives what there is, 4 KiB at most; empty at its end. Errors: `cancelled`
  /// after `stop_reading`, the system's.
  result<std::string> read();

  /// Ends the present and all later reads.
  void stop_reading() noexcept;

  /// Waits until all of @p text is taken. Errors: the system's.
  result<void> write(std::string_view text);

  /// Whether both are a terminal, where somebody sits.
  bool is_terminal() const noexcept { return is_terminal_; }

  /// Whether output is one.
  bool shows_terminal() const noexcept { return shows_terminal_; }

  /// From now on reads give each key as it is typed, and nothing is echoed; keys that make signals
  /// still do. The destructor gives the terminal back as it was. False: there is none.
  bool take_keyboard();
  void give_keyboard_back() noexcept;

  /// Columns of the terminal now; 80 if there is none, or it does not say.
  std::size_t columns() const noexcept;

 private:
  struct saved_terminal;

  const bool is_terminal_;
  const bool shows_terminal_;
  int wake_read_ = -1;
  int wake_write_ = -1;
  std::unique_ptr<saved_terminal> saved_;  // while the keyboard is taken
};

}  // namespace actornet::net

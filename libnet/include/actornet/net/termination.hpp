#pragma once

#include <memory>

namespace actornet::net {

/// Catches SIGINT and SIGTERM while it lives, and SIGHUP if asked to. One at a time in a process.
class termination_signals {
 public:
  termination_signals();
  ~termination_signals();
  termination_signals(const termination_signals&) = delete;
  termination_signals& operator=(const termination_signals&) = delete;

  /// From now on SIGHUP, which otherwise ends the process, is caught, too. Does nothing where there
  /// is none (Windows).
  void catch_hangup();

  /// Whether @p number, which `wait` returned, is SIGHUP.
  static bool is_hangup(int number) noexcept;

  /// Blocks the calling thread until a signal comes (its number) or `wake` is called (0).
  int wait();

  /// Ends the current or the next `wait`. Thread-safe.
  void wake();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace actornet::net

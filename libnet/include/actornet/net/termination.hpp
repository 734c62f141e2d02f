#pragma once

#include <memory>

namespace actornet::net {

/// Catches SIGINT and SIGTERM while it lives. One at a time in a process.
class termination_signals {
 public:
  termination_signals();
  ~termination_signals();
  termination_signals(const termination_signals&) = delete;
  termination_signals& operator=(const termination_signals&) = delete;

  /// Blocks the calling thread until a signal comes (its number) or `wake` is called (0).
  int wait();

  /// Ends the current or the next `wait`. Thread-safe.
  void wake();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace actornet::net

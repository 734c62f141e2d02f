#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "actornet/net/blocking_pool.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::detail {

/// What a program does again when it is told to: one round at a time, off the loop.
class reloader {
 public:
  /// Rounds begin on @p home. Both must outlive this.
  reloader(net::loop& home, net::blocking_pool& threads) : home_(home), threads_(threads) {}

  /// Before the loops run.
  void add(std::function<void()> again) {
    all_.push_back(std::move(again));
    empty_ = false;
  }
  bool empty() const noexcept { return empty_; }

  /// A round, or one more after the one that runs. Thread-safe.
  void request();

  /// Destroys what it would do, after the round under way. While the loops do not run.
  void end();

 private:
  void begin();  // on the loop
  void run_all();

  net::loop& home_;
  net::blocking_pool& threads_;
  bool empty_ = true;
  std::mutex mutex_;  // a round, or its end
  std::vector<std::function<void()>> all_;
  std::atomic<bool> requested_{false};
  bool running_ = false;
  net::blocking_work round_;
};

}  // namespace actornet::detail

#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace actornet {

inline constexpr std::chrono::seconds long_time(60);

/// Blocks a test until something happened on other threads.
class event {
 public:
  void set() {
    const std::lock_guard guard(mutex_);
    happened_ = true;
    changed_.notify_all();
  }
  [[nodiscard]] bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, long_time, [this] { return happened_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool happened_ = false;
};

}  // namespace actornet

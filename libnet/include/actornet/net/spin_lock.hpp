#pragma once

#include <atomic>

namespace actornet::net {

namespace detail {

/// Lets another thread have the core. In libnet/src/platform.
void yield_thread() noexcept;

}  // namespace detail

/// A lock for critical sections of a few nanoseconds that call nobody: one atomic exchange to lock,
/// one store to unlock (half of what `std::mutex` costs when nobody competes). Whoever finds it
/// taken looks `spins_max` times, then gives up the core between looks. Not recursive.
class spin_lock {
 public:
  static constexpr unsigned spins_max = 64;

  void lock() noexcept {
    if (taken_.exchange(true, std::memory_order_acquire))
      wait();
  }
  bool try_lock() noexcept { return !taken_.exchange(true, std::memory_order_acquire); }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  void wait() noexcept;

  std::atomic<bool> taken_{false};
};

inline void spin_lock::wait() noexcept {
  unsigned spins = 0;
  do {
    while (taken_.load(std::memory_order_relaxed))
      if (++spins > spins_max)
        detail::yield_thread();
  } while (taken_.exchange(true, std::memory_order_acquire));
}

}  // namespace actornet::net

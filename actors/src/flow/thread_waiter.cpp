#include "actornet/flow/detail/thread_waiter.hpp"

namespace actornet::detail {

// Notifies with the mutex held: the waiter may be gone as soon as its thread gets that.
void thread_waiter::signal() {
  const std::lock_guard guard(mutex_);
  signalled_ = true;
  changed_.notify_one();
}

bool thread_waiter::wait(net::time_point deadline) {
  std::unique_lock lock(mutex_);
  const auto signalled = [this] { return signalled_; };
  if (deadline == net::never) {
    changed_.wait(lock, signalled);
    return true;
  }
  return changed_.wait_until(
      lock, std::chrono::steady_clock::time_point(deadline.time_since_epoch()), signalled);
}

}  // namespace actornet::detail

#include "actornet/flow/detail/thread_waiter.hpp"

namespace actornet::detail {

// Notifies with the mutex held: the waiter may be gone as soon as its thread gets that.
void thread_waiter::signal() {
  const std::lock_guard guard(mutex_);
  signalled_ = true;
  changed_.notify_one();
}

// A limit that no clock can represent is none.
bool thread_waiter::wait(net::duration limit) {
  constexpr net::duration limit_max = std::chrono::years(100);
  std::unique_lock lock(mutex_);
  const auto signalled = [this] { return signalled_; };
  if (limit >= limit_max) {
    changed_.wait(lock, signalled);
    return true;
  }
  return changed_.wait_for(lock, limit, signalled);
}

}  // namespace actornet::detail

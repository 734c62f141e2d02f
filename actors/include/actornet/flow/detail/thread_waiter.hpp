#pragma once

#include <condition_variable>
#include <mutex>

#include "actornet/flow/detail/channel_state.hpp"
#include "actornet/flow/detail/waiter.hpp"
#include "actornet/net/biased_lock.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/net/loop.hpp"
#include "actornet/result.hpp"

namespace actornet::detail {

/// A plain thread at a channel.
class thread_waiter : public waiter {
 public:
  thread_waiter() noexcept {
    wake = [](waiter& self) { static_cast<thread_waiter&>(self).signal(); };
  }

  /// Looks and, if it must, waits: the whole of a blocking operation. @p look, @p enlist and
  /// @p forget are called with @p lock held.
  template <class Look, class Enlist, class Forget>
  result<void> run(net::biased_lock& lock, net::duration limit, Look look, Enlist enlist,
                   Forget forget) {
    if (net::loop::current())
      return errc::would_block_loop;
    wake_list woken;
    lock.lock(nullptr);
    const outcome found = look(woken);
    if (found == outcome::must_wait)
      enlist();
    lock.unlock();
    woken.wake_all();
    if (found != outcome::must_wait)
      return found == outcome::done ? result<void>() : errc::channel_closed;
    if (!wait(limit)) {
      lock.lock(nullptr);
      const bool waits = queued;
      if (waits)
        forget(woken);
      lock.unlock();
      woken.wake_all();
      if (waits)
        return errc::timed_out;
    }
    wait(net::duration::max());  // whoever took it out of the queue signals at once
    return delivered ? result<void>() : errc::channel_closed;
  }

 private:
  void signal();
  bool wait(net::duration limit);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool signalled_ = false;
};

}  // namespace actornet::detail

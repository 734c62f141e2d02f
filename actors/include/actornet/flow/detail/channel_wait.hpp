#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "actornet/flow/detail/channel_state.hpp"
#include "actornet/flow/task_context.hpp"
#include "actornet/result.hpp"

namespace actornet::detail {

/// What sends and receives of tasks have in common. Awaited alone it tries, and waits in the
/// channel's queue if it must; as an alternative of a select, that asks it to look and to enlist.
///
/// `Operation` has `net::biased_lock& lock()` and, with the lock held, `outcome look(wake_list&)`,
/// `enlist()` and `forget(wake_list&)`.
template <class Operation>
class channel_wait : public wait_point, protected waiter {
 public:
  // -- awaited alone ------------------------------------------------------------------------------

  bool await_ready() {
    if (context().cancelled()) {
      refused_ = context().cancel_reason();
      return true;
    }
    if (spend_credit())
      return try_now();
    yielding_ = true;
    return false;
  }

  void await_suspend(std::coroutine_handle<> task) {
    park(task);
    if (yielding_)
      context().home().enqueue(net::entry_of<&channel_wait::try_again>(*this));
    else
      wait_and_unlock();
  }

  // -- as an alternative --------------------------------------------------------------------------

  net::biased_lock& lock_of_alternative() noexcept { return self().lock(); }

  bool look_as_alternative(wake_list& woken) { return finished(self().look(woken)); }

  void enlist_as_alternative(wait_point& whole, claim_word& of, std::uint32_t number) noexcept {
    whole_ = &whole;
    claim = &of;
    alternative = number;
    enlist();
  }

  void withdraw_alternative() { leave_queue(); }

 protected:
  channel_wait() = default;
  ~channel_wait() = default;

  /// Why nothing was sent or received; only when that is so.
  errc failure() const noexcept { return refused_ != errc{} ? refused_ : errc::channel_closed; }

 private:
  Operation& self() noexcept { return static_cast<Operation&>(*this); }

  bool finished(outcome found) noexcept {
    delivered = found == outcome::done;
    return found != outcome::must_wait;
  }

  // False leaves the channel locked: the waiter enters its queue before anybody else looks.
  bool try_now() {
    wake_list woken;
    self().lock().lock(&context().home());
    if (!finished(self().look(woken)))
      return false;
    self().lock().unlock();
    woken.wake_all();
    return true;
  }

  void try_again() {
    yielding_ = false;
    if (refused_ != errc{} || try_now())
      resume_inline();
    else
      wait_and_unlock();
  }

  void wait_and_unlock() noexcept {
    whole_ = this;
    enlist();
    self().lock().unlock();
  }

  void enlist() noexcept {
    waiter::wake = [](waiter& party) {
      wake_from_anywhere(*static_cast<channel_wait&>(party).whole_);
    };
    self().enlist();
  }

  // False when somebody else took it out.
  bool leave_queue() {
    wake_list woken;
    {
      const net::biased_lock::guard guard(self().lock(), &context().home());
      if (!queued)
        return false;
      self().forget(woken);
    }
    woken.wake_all();
    return true;
  }

  void abandon(errc reason) final {
    if (!yielding_ && !leave_queue())
      return;  // it is done, and about to be woken
    refused_ = reason;
    if (!yielding_)
      wait_point::wake();
  }

  wait_point* whole_ = nullptr;  // what wakes: this, or the select
  errc refused_{};
  bool yielding_ = false;
};

}  // namespace actornet::detail

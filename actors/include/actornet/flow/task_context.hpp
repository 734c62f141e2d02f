#pragma once

#include <coroutine>

#include "actornet/errc.hpp"
#include "actornet/net/loop.hpp"

namespace actornet {

class wait_point;

namespace detail {
void wake_from_anywhere(wait_point& parked);
void resume_now(wait_point& parked);
}  // namespace detail

/// What a running task and everything it awaits have in common: the loop they are bound to, whether
/// they were asked to stop, and by when they should be done. Loop-bound.
class task_context {
 public:
  explicit task_context(net::loop& home, net::time_point deadline = net::never) noexcept
      : home_(home), deadline_(deadline) {}
  task_context(const task_context&) = delete;
  task_context& operator=(const task_context&) = delete;

  net::loop& home() const noexcept { return home_; }

  /// The earliest deadline of those that the task runs under (`with_deadline`); `never` for none.
  net::time_point deadline() const noexcept { return deadline_; }

  /// Asks the task to stop: the await it is parked at returns @p reason, every later one fails at
  /// once with it. The frame is freed only after the task ran to its end. Idempotent.
  void cancel(errc reason = errc::cancelled);

  bool cancelled() const noexcept { return cancel_reason_ != errc{}; }
  errc cancel_reason() const noexcept { return cancel_reason_; }

 private:
  friend class wait_point;

  net::loop& home_;
  wait_point* parked_ = nullptr;
  net::time_point deadline_;
  errc cancel_reason_{};
};

/// Base of every awaitable that may park a task: it knows the task's context before it is awaited
/// (`task` binds it), and gets it going again through the run queue.
class wait_point {
 public:
  void bind(task_context& context) noexcept { context_ = &context; }

 protected:
  wait_point() = default;
  wait_point(const wait_point&) = default;
  wait_point& operator=(const wait_point&) = default;
  ~wait_point() = default;

  task_context& context() const noexcept { return *context_; }

  /// One await costs one credit of the task's resume; without credit it must yield.
  bool spend_credit() const noexcept {
    unsigned& credit = context_->home().credit();
    return credit > 0 && credit-- > 0;
  }

  void park(std::coroutine_handle<> task) noexcept {
    task_ = task;
    context_->parked_ = this;
  }

  /// Takes `park` back: the task goes on without having been suspended.
  void unpark() noexcept { context_->parked_ = nullptr; }

  /// Whether the task is parked here and nothing has woken it yet.
  bool parked() const noexcept { return context_ && context_->parked_ == this; }

  /// Resumes the task from the run queue, before other work.
  void wake() noexcept {
    context_->parked_ = nullptr;
    context_->home().enqueue_next(resume_entry());
  }

  /// Resumes the task behind all other work: it has used up its credit.
  void wake_later() noexcept {
    context_->parked_ = nullptr;
    context_->home().enqueue(resume_entry());
  }

  /// Resumes the task here and now; returns when it parks again or ends.
  void resume_inline() {
    context_->parked_ = nullptr;
    task_.resume();
  }

 private:
  friend class task_context;
  friend void detail::wake_from_anywhere(wait_point& parked);
  friend void detail::resume_now(wait_point& parked);

  /// The task is to stop: forget whoever would wake it, keep @p reason for `await_resume`, wake it.
  virtual void abandon(errc reason) = 0;

  net::entry resume_entry() const noexcept {
    return {[](void* frame) { std::coroutine_handle<>::from_address(frame).resume(); },
            task_.address()};
  }

  task_context* context_ = nullptr;
  std::coroutine_handle<> task_;
};

inline void task_context::cancel(errc reason) {
  if (cancelled())
    return;
  cancel_reason_ = reason;
  if (parked_)
    parked_->abandon(reason);
}

namespace detail {

/// Wakes a parked task from any thread; for the one party that won the right to. Until the task
/// runs, `abandon` may still be called, and must see that it is too late.
inline void wake_from_anywhere(wait_point& parked) {
  net::loop& home = parked.context_->home();
  if (home.in_loop())
    parked.wake();
  else
    home.post({[](void* self) { static_cast<wait_point*>(self)->resume_inline(); }, &parked});
}

/// Resumes a parked task here and now, on its loop; returns when it parks again or ends.
inline void resume_now(wait_point& parked) {
  parked.resume_inline();
}

}  // namespace detail

/// `co_await this_task()` gives the context of the task that runs.
class [[nodiscard("co_await it")]] this_task {
 public:
  void bind(task_context & context) noexcept {
    context_ = &context;
  }
  bool await_ready() const noexcept {
    return true;
  }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  task_context& await_resume() const noexcept {
    return *context_;
  }

 private:
  task_context* context_ = nullptr;
};

}  // namespace actornet

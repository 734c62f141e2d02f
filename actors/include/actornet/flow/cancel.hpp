#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "actornet/flow/detail/channel_wait.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/net/timer_wheel.hpp"

namespace actornet {

namespace detail {

class bounded_wait;

/// What a source and its tokens share: Go's `ctx.Done()`, a channel that carries nothing and
/// closes.
struct cancel_state {
  channel_state<std::monostate> over{channel_options<std::monostate>{}};
  std::atomic<errc> reason{};
};

}  // namespace detail

/// The wait for a cancellation; see `cancel_token::wait`.
class [[nodiscard("co_await it")]] cancel_wait final : public detail::channel_wait<cancel_wait> {
 public:
  explicit cancel_wait(detail::cancel_state & of) noexcept : of_(&of) {}
  errc await_resume() const noexcept {
    const errc reason = of_->reason.load(std::memory_order_acquire);
    return reason != errc{} ? reason : failure();
  }

 private:
  friend detail::channel_wait<cancel_wait>;

  net::biased_lock& lock() noexcept {
    return of_->over.lock();
  }
  detail::outcome look(detail::wake_list & woken) {
    return of_->over.receive(nothing_, woken);
  }
  void enlist() noexcept {
    element = &nothing_;
    of_->over.enlist_receiver(*this);
  }
  void forget(detail::wake_list&) noexcept {
    of_->over.forget_receiver(*this);
  }

  detail::cancel_state* of_;
  std::optional<std::monostate> nothing_;
};

/// Tells, once and for good, that work is to stop: what Go's `context.Context` is for. Made by a
/// `cancel_source`, handed down to whoever works. Copyable, thread-safe.
class cancel_token {
 public:
  bool cancelled() const noexcept { return reason() != errc{}; }

  /// Why the work is to stop; `errc{}` while it is not.
  errc reason() const noexcept { return state_->reason.load(std::memory_order_acquire); }

  /// `co_await token.wait()` gives the reason once there is one (or why the waiting task itself is
  /// to stop); an alternative of a select.
  cancel_wait wait() const noexcept { return cancel_wait(*state_); }

 private:
  friend class cancel_source;
  friend class detail::bounded_wait;
  explicit cancel_token(std::shared_ptr<detail::cancel_state> state) noexcept
      : state_(std::move(state)) {}

  std::shared_ptr<detail::cancel_state> state_;
};

/// Who may cancel. Copies are the same source. Thread-safe.
class cancel_source {
 public:
  cancel_source() : state_(std::make_shared<detail::cancel_state>()) {}

  cancel_token token() const noexcept { return cancel_token(state_); }

  /// The first call counts: its reason is what everybody sees. From any thread.
  void cancel(errc reason = errc::cancelled);

 private:
  std::shared_ptr<detail::cancel_state> state_;
};

namespace detail {

/// A task that is awaited with a context of its own, so that it can be told to stop without its
/// parent: by a deadline or a token, and with its parent. The parent goes on when it has ended.
class bounded_wait : public wait_point {
 public:
  bounded_wait(net::time_point deadline, std::optional<cancel_token> token) noexcept
      : deadline_(deadline), token_(std::move(token)) {}
  bounded_wait(const bounded_wait&) = delete;
  bounded_wait& operator=(const bounded_wait&) = delete;

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> task);

 protected:
  ~bounded_wait() = default;

 private:
  // The token's cancellation comes from any thread, and may be on its way when the work ends.
  struct watch final : waiter {
    bounded_wait* of = nullptr;
    std::optional<std::monostate> nothing;
    bool arriving = false;
  };

  virtual bool start(task_context& own, net::entry on_end) = 0;

  void abandon(errc reason) override { own_->cancel(reason); }
  void begin_watching();
  bool stop_watching();
  void on_token();
  void on_deadline() { own_->cancel(errc::timed_out); }
  void on_end();

  net::time_point deadline_;
  std::optional<cancel_token> token_;
  std::optional<task_context> own_;
  net::timer timer_{net::entry_of<&bounded_wait::on_deadline>(*this)};
  watch watch_;
  bool ended_ = false;
};

template <class T>
class [[nodiscard("co_await it")]] bounded_task final : public bounded_wait {
 public:
  bounded_task(task<T> work, net::time_point deadline, std::optional<cancel_token> token) noexcept
      : bounded_wait(deadline, std::move(token)), work_(std::move(work)) {}
  T await_resume() {
    return work_.take();
  }

 private:
  bool start(task_context & own, net::entry on_end) override {
    return work_.start(own, on_end);
  }

  task<T> work_;
};

}  // namespace detail

/// `co_await with_deadline(when, work(…))` gives what the task gives. At @p when its awaits begin
/// to fail with `timed_out`; it still runs to its end. The earlier of nested deadlines counts
/// (`task_context::deadline`). A deadline that has passed fails the first await.
template <class T>
detail::bounded_task<T> with_deadline(net::time_point when, task<T> work) noexcept {
  return {std::move(work), when, std::nullopt};
}

/// `co_await with_token(token, work(…))` gives what the task gives. Once the token is cancelled,
/// its awaits fail with the token's reason; it still runs to its end.
template <class T>
detail::bounded_task<T> with_token(cancel_token token, task<T> work) noexcept {
  return {std::move(work), net::never, std::move(token)};
}

}  // namespace actornet

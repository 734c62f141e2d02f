#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "actornet/flow/task_context.hpp"
#include "actornet/net/entry.hpp"

namespace actornet {

template <class T>
class task;

namespace detail {

/// Awaits an operation where it stands: it lives until the end of the full expression. (g++ 12
/// would move or copy into the frame whatever is not a variable.)
template <class Operation>
struct in_place {
  Operation& operation;

  bool await_ready() { return operation.await_ready(); }
  template <class Handle>
  auto await_suspend(Handle task) {
    return operation.await_suspend(task);
  }
  decltype(auto) await_resume() { return operation.await_resume(); }
};

/// Ends the program: g++ 12 has made a coroutine of which its own promise does not find the frame
/// (docs/decisions.md, "What g++ 12 gets wrong in coroutines").
[[noreturn]] void frame_is_misplaced() noexcept;

/// What the promises of `task<T>` share: who waits for it, and whether it ran to its end at once.
class task_promise_base {
 public:
  struct initial_awaiter {
    task_promise_base* self;

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) const noexcept {
      using handle = std::coroutine_handle<Promise>;
      if (handle::from_promise(static_cast<Promise&>(*self)).address() != frame.address())
        frame_is_misplaced();
    }
    void await_resume() const noexcept {}
  };
  initial_awaiter initial_suspend() noexcept { return {this}; }

  struct final_awaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> finished) const noexcept {
      finished.promise().end();
    }
    void await_resume() const noexcept {}
  };
  final_awaiter final_suspend() const noexcept { return {}; }

  void unhandled_exception() noexcept { failure_ = std::current_exception(); }

  /// Hands the task's context to what it awaits.
  template <class Awaitable>
  auto await_transform(Awaitable&& awaited) noexcept {
    if constexpr (requires { awaited.bind(*context_); })
      awaited.bind(*context_);
    if constexpr (requires { awaited.await_ready(); })
      return in_place<std::remove_reference_t<Awaitable>>{awaited};
    else
      return std::forward<Awaitable>(awaited).operator co_await();
  }

  const std::exception_ptr& failure() const noexcept { return failure_; }

  void set_context(task_context& context) noexcept { context_ = &context; }
  void set_continuation(std::coroutine_handle<> waiting) noexcept { waiting_ = waiting; }
  void set_on_end(net::entry on_end) noexcept { on_end_ = on_end; }

  /// False when the task ended before anybody had to wait.
  bool started_and_parked() noexcept {
    starting_ = false;
    return !ended_;
  }

 protected:
  void rethrow_failure() const {
    if (failure_)
      std::rethrow_exception(failure_);
  }

 private:
  // A task that ends while its parent still starts it returns into the parent's await_suspend,
  // which goes on without suspending: a loop over such awaits needs no stack (no tail calls under
  // sanitizers, so symmetric transfer would).
  void end() noexcept {
    ended_ = true;
    if (starting_)
      return;
    if (waiting_)
      waiting_.resume();
    else if (on_end_)
      on_end_();
  }

  task_context* context_ = nullptr;
  std::coroutine_handle<> waiting_;
  net::entry on_end_;
  std::exception_ptr failure_;
  bool starting_ = true;
  bool ended_ = false;
};

template <class T>
class task_promise final : public task_promise_base {
 public:
  task<T> get_return_object() noexcept;
  template <class U = T>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() {
    rethrow_failure();
    return std::move(*value_);
  }
  const T& peek() const noexcept { return *value_; }

 private:
  std::optional<T> value_;
};

template <>
class task_promise<void> final : public task_promise_base {
 public:
  task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const { rethrow_failure(); }
};

}  // namespace detail

/// A sequential piece of work that may wait without holding a thread: a coroutine. It begins to run
/// when it is awaited (or started by who owns it, a connection for its session), on the loop of
/// its parent, and stays there. Move-only; destroying a task that has begun but not ended is a bug.
///
/// An exception that leaves it is thrown again where it is awaited.
template <class T = void>
class [[nodiscard]] task {
 public:
  using promise_type = detail::task_promise<T>;
  using value_type = T;

  task() noexcept = default;
  task(task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  task& operator=(task&& other) noexcept {
    if (this != &other) {
      reset();
      frame_ = std::exchange(other.frame_, {});
    }
    return *this;
  }
  ~task() { reset(); }

  /// Awaiting runs the task; the result is its `co_return` value.
  auto operator co_await() && noexcept { return awaiter(frame_); }

  void bind(task_context& context) noexcept { frame_.promise().set_context(context); }

  explicit operator bool() const noexcept { return static_cast<bool>(frame_); }
  bool done() const noexcept { return !frame_ || frame_.done(); }

  /// For owners of a task that nobody awaits: runs it up to its first wait. @p on_end is called
  /// when it ended, from inside the task's last resume: the frame must not be destroyed there.
  /// False when it ended at once; then @p on_end is not called.
  bool start(task_context& context, net::entry on_end) {
    auto& promise = frame_.promise();
    promise.set_context(context);
    promise.set_on_end(on_end);
    frame_.resume();
    return promise.started_and_parked();
  }

  /// The value of an ended task, or its exception. @pre done()
  T take() { return frame_.promise().take(); }

  /// The exception that left an ended task, or null. @pre done()
  const std::exception_ptr& failure() const noexcept { return frame_.promise().failure(); }

  /// The value of an ended task, where it is. @pre done(), no `failure`
  template <class U = T>
  const U& peek() const noexcept {
    return frame_.promise().peek();
  }

  /// Frees the frame. @pre the task has not begun, or has ended
  void reset() noexcept {
    if (frame_)
      std::exchange(frame_, {}).destroy();
  }

 private:
  friend promise_type;
  using handle = std::coroutine_handle<promise_type>;

  class awaiter {
   public:
    explicit awaiter(handle child) noexcept : child_(child) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> parent) const {
      auto& promise = child_.promise();
      promise.set_continuation(parent);
      child_.resume();
      return promise.started_and_parked();
    }
    T await_resume() const { return child_.promise().take(); }

   private:
    handle child_;
  };

  explicit task(handle frame) noexcept : frame_(frame) {}

  handle frame_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
  return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}

inline task<void> task_promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}

}  // namespace detail

}  // namespace actornet

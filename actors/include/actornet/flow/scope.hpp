#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "actornet/flow/detail/child.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/result.hpp"

namespace actornet {

/// A handle of a child task: to wait for its end, or to ask it to stop. Copyable; bound to the loop
/// of the scope that it was spawned in. The child neither needs it nor notices when it goes.
template <class T>
class child {
 public:
  /// The wait for the end; `co_await` gives the child's value, or throws its exception.
  class [[nodiscard("co_await it")]] join_operation final : public detail::join_wait_base{
    public : explicit join_operation(detail::child_of<T> & of) noexcept :
        join_wait_base(of){} T await_resume(){return static_cast<detail::child_of<T>*>(of_)->take();
}
};  // namespace actornet

explicit child(detail::child_of<T>& of) noexcept : of_(&of) {
  of_->retain();
}
child(const child& other) noexcept : of_(other.of_) {
  retain();
}
child(child&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
child& operator=(child other) noexcept {
  std::swap(of_, other.of_);
  return *this;
}
~child() {
  if (of_)
    of_->release();
}

/// `co_await c.join()`: waits until the child has ended. One at a time, once: the value is moved
/// out. If the waiting task is told to stop, so is the child. As an alternative of a select it
/// only waits.
join_operation join() noexcept {
  return join_operation(*of_);
}

/// Asks it to stop: its awaits fail with @p reason.
void cancel(errc reason = errc::cancelled) {
  if (!of_->ended())
    of_->cancel(reason);
}

bool ended() const noexcept {
  return of_->ended();
}

private:
void retain() noexcept {
  if (of_)
    of_->retain();
}

detail::child_of<T>* of_;
}
;

/// Child tasks with a common end: none of them outlives it. Made by `with_scope`. The first child
/// that fails, by an exception or by a `result` without value, has the others and the body told to
/// stop (`errc::cancelled`). Loop-bound; children may be on other loops.
class scope {
 public:
  /// Children of a task whose context is @p parent; for `with_scope` and for who keeps a scope of
  /// its own until `all_ended`.
  explicit scope(task_context& parent) noexcept : context_(parent.home(), parent.deadline()) {}
  ~scope();  ///< @pre no child runs
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;

  /// Starts @p work on this loop, in a turn of its own, after what is ready already.
  template <class T>
  child<T> spawn(task<T> work) {
    return begin<T>(*new detail::local_child<T>(*this, std::move(work)));
  }

  /// Calls `make()`, which gives a task, on @p where and runs the task there. What @p make holds
  /// travels to that loop; the value comes back.
  template <std::invocable Make>
  auto spawn_on(net::loop& where, Make make)
      -> child<typename std::invoke_result_t<Make&>::value_type> {
    using value = typename std::invoke_result_t<Make&>::value_type;
    return begin<value>(*new detail::remote_child<value, Make>(*this, where, std::move(make)));
  }

  /// Asks the body and all children to stop, and those that will be spawned.
  void cancel(errc reason = errc::cancelled);

  /// Children that have not ended.
  std::size_t running() const noexcept { return running_; }

  /// Of the body: told to stop with the children.
  task_context& context() noexcept { return context_; }

  // -- for who ends the scope ---------------------------------------------------------------------

  /// Takes a failure that is not a child's; the first one counts.
  void fail(const std::exception_ptr& failure, std::error_code error);

  /// `co_await all_ended()` waits for all children; tells them to stop if the task is to.
  class [[nodiscard("co_await it")]] end_wait final : public wait_point {
   public:
    explicit end_wait(scope & of) noexcept : of_(&of) {}
    bool await_ready();
    void await_suspend(std::coroutine_handle<> task) noexcept {
      park(task);
      of_->ending_ = this;
    }
    void await_resume() const noexcept {}

   private:
    friend class scope;
    void abandon(errc reason) override {
      of_->cancel(reason);
    }
    scope* of_;
  };
  end_wait all_ended() noexcept { return end_wait(*this); }

  std::error_code error() const noexcept { return error_; }
  void rethrow_failure() const {
    if (failure_)
      std::rethrow_exception(failure_);
  }

 private:
  friend class detail::child_record;

  template <class T>
  child<T> begin(detail::child_of<T>& made) {
    if (context_.cancelled())
      made.cancel(context_.cancel_reason());
    return child<T>(made);
  }

  void add(detail::child_record& started);
  void remove(detail::child_record& ended);

  task_context context_;
  detail::child_record* first_ = nullptr;
  std::size_t running_ = 0;
  end_wait* ending_ = nullptr;
  std::exception_ptr failure_;
  std::error_code error_{};
};

namespace detail {

template <class T>
struct scope_result {
  using type = result<T>;
};
template <class T>
struct scope_result<result<T>> {
  using type = result<T>;
};

template <class Body>
using body_value = typename std::invoke_result_t<Body&, scope&>::value_type;

/// The wait for a scope's body, which runs in the scope's context.
template <class T>
class [[nodiscard("co_await it")]] body_wait final : public wait_point {
 public:
  body_wait(scope & of, task<T> body) noexcept : of_(&of), body_(std::move(body)) {}

  bool await_ready() const noexcept {
    return false;
  }
  bool await_suspend(std::coroutine_handle<> waiting) {
    park(waiting);
    if (context().cancelled())
      of_->cancel(context().cancel_reason());
    if (body_.start(of_->context(), net::entry_of<&body_wait::on_end>(*this)))
      return true;
    unpark();
    return false;
  }
  T await_resume() {
    return body_.take();
  }

 private:
  void on_end() {
    wake();
  }
  void abandon(errc reason) override {
    of_->cancel(reason);
  }

  scope* of_;
  task<T> body_;
};

}  // namespace detail

/// Structured concurrency: `co_await with_scope([&](scope& children) -> task<> { … })` runs the
/// body, then waits until every task that it spawned has ended. Gives `result<T>` of the body's
/// value: the error of the first child that failed, if one did, else the body's. Throws the first
/// exception that left the body or a child. If the task is told to stop, the children are.
template <class Body>
auto with_scope(Body body) -> task<typename detail::scope_result<detail::body_value<Body>>::type> {
  using value = detail::body_value<Body>;
  scope children(co_await this_task());
  std::optional<typename detail::scope_result<value>::type> given;
  try {
    if constexpr (std::is_void_v<value>) {
      co_await detail::body_wait<void>(children, body(children));
      given.emplace();
    } else {
      given.emplace(co_await detail::body_wait<value>(children, body(children)));
      if (!*given)
        children.fail(nullptr, given->error());
    }
  } catch (...) {
    children.fail(std::current_exception(), {});
  }
  co_await children.all_ended();
  children.rethrow_failure();
  if (children.error())
    co_return children.error();
  co_return std::move(*given);
}

}  // namespace actornet

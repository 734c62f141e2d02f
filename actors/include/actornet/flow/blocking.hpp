#pragma once

#include <concepts>
#include <coroutine>
#include <optional>
#include <type_traits>
#include <utility>

#include "actornet/flow/task_context.hpp"
#include "actornet/net/blocking_pool.hpp"
#include "actornet/result.hpp"

namespace actornet {

namespace detail {

template <class Value>
struct blocking_outcome {
  using type = result<Value>;
};
template <class Value>
struct blocking_outcome<result<Value>> {
  using type = result<Value>;
};

}  // namespace detail

/// Work on the blocking pool that a task waits for; see `blocking`.
template <class Work>
class [[nodiscard("co_await it")]] blocking_operation final : public wait_point {
 public:
  using outcome = typename detail::blocking_outcome<std::invoke_result_t<Work&>>::type;

  explicit blocking_operation(Work work) : work_(std::move(work)) {}

  bool await_ready() {
    if (context().cancelled())
      outcome_.emplace(context().cancel_reason());
    else if (!context().home().blocking())
      outcome_.emplace(errc::mailbox_full);
    return outcome_.has_value();
  }

  bool await_suspend(std::coroutine_handle<> task) {
    park(task);
    auto begun = context().home().blocking()->run(
        context().home(), [work = std::move(work_)]() mutable { return run(work); },
        [this](outcome given) {
          outcome_.emplace(std::move(given));
          wake();
        });
    if (begun) {
      running_ = std::move(*begun);
      return true;
    }
    outcome_.emplace(begun.error());
    unpark();
    return false;
  }

  outcome await_resume() {
    return std::move(*outcome_);
  }

 private:
  static outcome run(Work & work) {
    if constexpr (std::is_void_v<std::invoke_result_t<Work&>>) {
      work();
      return {};
    } else {
      return work();
    }
  }

  void abandon(errc reason) override {
    running_ = {};  // it runs to its end for nothing
    outcome_.emplace(reason);
    wake();
  }

  Work work_;
  net::blocking_work running_;
  std::optional<outcome> outcome_;
};

/// `co_await blocking(fn)` runs `fn()` on the loops' small pool of threads, for work that would
/// hold up a loop (files, name resolution, long computations), and gives `result<T>` of what it
/// returns (itself a result: that). Errors: `mailbox_full` (too much waits, or the loop has no
/// pool), `handler_failed` (it threw), `out_of_memory`; `cancelled` or why else the task is to
/// stop: then
/// @p fn may still run to its end, for nothing. What @p fn holds travels to another thread.
template <std::invocable Work>
blocking_operation<Work> blocking(Work work) {
  return blocking_operation<Work>(std::move(work));
}

}  // namespace actornet

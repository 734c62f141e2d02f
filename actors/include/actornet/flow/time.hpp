#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <utility>

#include "actornet/flow/detail/waiter.hpp"
#include "actornet/flow/task_context.hpp"
#include "actornet/net/timer_wheel.hpp"
#include "actornet/result.hpp"

namespace actornet {

/// A wait until a time of the task's loop, to a millisecond; see `sleep`, `after` and `ticker`.
/// Awaited alone or as an alternative of a select.
class [[nodiscard("co_await it")]] time_wait : public wait_point {
 public:
  explicit time_wait(net::time_point until) noexcept : until_(until) {}
  explicit time_wait(net::duration length) noexcept : length_(length) {}
  time_wait(time_wait && other) noexcept : until_(other.until_), length_(other.length_) {}

  /// A length counts from here.
  void bind(task_context & context) noexcept {
    wait_point::bind(context);
    if (length_)
      until_ = net::deadline_after(context.home().now(), *length_);
  }

  // -- awaited alone ------------------------------------------------------------------------------

  bool await_ready() noexcept {
    if (context().cancelled())
      refused_ = context().cancel_reason();
    return refused_ != errc{};
  }
  void await_suspend(std::coroutine_handle<> task) {
    park(task);
    if (until_ <= context().home().now())
      wake_later();
    else
      arm();
  }
  result<void> await_resume() const noexcept {
    if (refused_ != errc{})
      return refused_;
    return {};
  }

  // -- as an alternative --------------------------------------------------------------------------

  bool look_as_alternative(detail::wake_list&) const noexcept {
    return until_ <= context().home().now();
  }
  void enlist_as_alternative(wait_point & whole, detail::claim_word & claim,
                             std::uint32_t number) noexcept {
    whole_ = &whole;
    claim_ = &claim;
    number_ = number;
    arm();
  }
  void withdraw_alternative() noexcept {
    timer_.reset();
  }

 private:
  void arm() noexcept {
    timer_.emplace(net::entry_of<&time_wait::on_time>(*this));
    context().home().timers().arm(*timer_, until_);
  }

  void on_time() {
    if (!claim_)
      wake();
    else if (claim_->claim(number_))
      detail::wake_from_anywhere(*whole_);
  }

  void abandon(errc reason) override {
    timer_.reset();
    refused_ = reason;
    wake();
  }

  net::time_point until_ = net::never;
  std::optional<net::duration> length_;
  std::optional<net::timer> timer_;
  wait_point* whole_ = nullptr;
  detail::claim_word* claim_ = nullptr;
  std::uint32_t number_ = 0;
  errc refused_{};
};

/// `co_await sleep(1s)` gives `result<void>`: `cancelled` (or why else the task is to stop), or
/// nothing once that time has passed. A zero or negative length is a `yield`.
inline time_wait sleep(net::duration length) noexcept {
  return time_wait(length);
}

/// The same until a point in time.
inline time_wait sleep_until(net::time_point when) noexcept {
  return time_wait(when);
}

/// The alternative of a select that comes true after @p length, counted from the select.
inline time_wait after(net::duration length) noexcept {
  return time_wait(length);
}

/// Lets everything else that is ready run first: `co_await yield()`. Gives `result<void>`:
/// `cancelled`, or why else the task is to stop.
class [[nodiscard("co_await it")]] yield final
    : public wait_point{public : bool await_ready() const noexcept {return context().cancelled();
}  // namespace actornet
void await_suspend(std::coroutine_handle<> task) noexcept {
  park(task);
  wake_later();
}
result<void> await_resume() const noexcept {
  if (context().cancelled())
    return context().cancel_reason();
  return {};
}

private:
void abandon(errc) override {}
}
;

/// Comes true again and again, at multiples of @p period from its making on. Who is late gets one
/// tick for all that were missed, and the rhythm stays. Loop-bound; it must outlive its waits.
class ticker {
 public:
  /// On a loop. @pre period > 0
  explicit ticker(net::duration period);

  class wait final : public time_wait {
   public:
    explicit wait(ticker& of) noexcept : time_wait(of.next_), of_(&of) {}
    result<void> await_resume() noexcept {
      const auto reached = time_wait::await_resume();
      if (reached)
        of_->advance(context().home().now());
      return reached;
    }

   private:
    ticker* of_;
  };

  /// `co_await t.tick()` gives `result<void>`; an alternative of a select.
  wait tick() noexcept { return wait(*this); }

  /// Ticks that came while nobody waited, beyond the one that was kept.
  std::uint64_t missed() const noexcept { return missed_; }

 private:
  void advance(net::time_point now) noexcept;

  net::duration period_;
  net::time_point next_;
  std::uint64_t missed_ = 0;
};

}  // namespace actornet

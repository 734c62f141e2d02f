#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "actornet/net/loop.hpp"
#include "actornet/result.hpp"

namespace actornet::net {

class blocking_work;

namespace detail {

class blocking_state;

/// Work with its result and what to do with it. Whoever holds it last destroys it, on any thread.
class blocking_job {
 public:
  virtual ~blocking_job() = default;
  virtual void work() noexcept = 0;    // on a thread of the pool
  virtual void finish() = 0;           // on the loop
  virtual void forget() noexcept = 0;  // on the loop: destroys the handler
};

/// The error for the exception that is being handled.
errc blocking_failure() noexcept;

}  // namespace detail

/// A few threads for work that would block a loop: name resolution, files. Its threads start when
/// there is work for them. The loops it works for must outlive it.
///
/// Thread safety: `run` on any number of loops at the same time. It is destroyed while none of them
/// is in a turn on another thread, and not by a handler of its own.
class blocking_pool {
 public:
  static constexpr std::size_t threads_max = 4;   ///< work under way at a time
  static constexpr std::size_t queue_max = 1024;  ///< pieces of work that wait for a thread

  /// @p threads 0: work runs on its loop, when that comes to it; for simulations.
  explicit blocking_pool(std::size_t threads = threads_max);

  /// Drops what waits and results that were not taken; waits for the work under way.
  ~blocking_pool();
  blocking_pool(const blocking_pool&) = delete;
  blocking_pool& operator=(const blocking_pool&) = delete;

  /// Runs @p work, which returns some `result<T>`, on a thread of the pool, then
  /// `done(result<T>)` on @p on, the calling loop; never inline. A @p work that throws gives
  /// `out_of_memory` or `handler_failed`. @p work and an unwanted result may be destroyed on any
  /// thread, @p done on the loop. Destroying what this returns abandons the work. Errors:
  /// `mailbox_full` (`queue_max`), `out_of_memory` (no thread could be started).
  template <std::invocable Work, std::invocable<std::invoke_result_t<Work&>> Done>
  result<blocking_work> run(loop& on, Work work, Done done);

 private:
  result<blocking_work> add(loop& on, std::shared_ptr<detail::blocking_job> job);

  std::shared_ptr<detail::blocking_state> state_;
};

/// Work that was given to a pool. Destroying it abandons the work: what waits is dropped, what runs
/// runs to its end for nothing; the handler is destroyed and does not run. Move-only, loop-bound;
/// may outlive the pool.
class blocking_work {
 public:
  blocking_work() noexcept = default;
  blocking_work(blocking_work&&) noexcept = default;
  blocking_work& operator=(blocking_work&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(job_, other.job_);
    return *this;
  }
  ~blocking_work();

  /// The work and its handler run whatever becomes of this object.
  void detach() noexcept {
    job_.reset();
    pool_.reset();
  }

 private:
  friend class blocking_pool;
  blocking_work(std::shared_ptr<detail::blocking_state> pool,
                std::shared_ptr<detail::blocking_job> job) noexcept
      : pool_(std::move(pool)), job_(std::move(job)) {}

  std::shared_ptr<detail::blocking_state> pool_;
  std::shared_ptr<detail::blocking_job> job_;
};

namespace detail {

template <class Work, class Done>
class blocking_job_of final : public blocking_job {
 public:
  using outcome = std::invoke_result_t<Work&>;

  blocking_job_of(Work work, Done done) : work_(std::move(work)), done_(std::move(done)) {}

  void work() noexcept override {
    try {
      outcome_.emplace(work_());
    } catch (...) {
      outcome_.emplace(blocking_failure());
    }
  }

  void finish() override {
    if (!done_)
      return;
    Done done = *std::move(done_);  // it may forget this job
    done_.reset();
    done(*std::move(outcome_));
  }

  void forget() noexcept override { done_.reset(); }

 private:
  Work work_;
  std::optional<Done> done_;  // the loop's alone
  std::optional<outcome> outcome_;
};

}  // namespace detail

template <std::invocable Work, std::invocable<std::invoke_result_t<Work&>> Done>
result<blocking_work> blocking_pool::run(loop& on, Work work, Done done) {
  return add(
      on, std::make_shared<detail::blocking_job_of<Work, Done>>(std::move(work), std::move(done)));
}

}  // namespace actornet::net

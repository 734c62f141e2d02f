#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "actornet/flow/detail/waiter.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/result.hpp"

namespace actornet {

class scope;

namespace detail {

class join_wait_base;

/// A child task as its scope and its handles see it. Bound to the scope's loop, counted by hand
/// (one for the scope until the child ended, one for each handle).
class child_record {
 public:
  child_record(const child_record&) = delete;
  child_record& operator=(const child_record&) = delete;

  /// Asks the child to stop.
  virtual void cancel(errc reason) = 0;

  bool ended() const noexcept { return !scope_; }
  void retain() noexcept { ++references_; }
  void release() noexcept {
    if (--references_ == 0)
      delete this;
  }

 protected:
  explicit child_record(scope& of);
  virtual ~child_record() = default;

  net::loop& home() const noexcept { return home_; }
  net::time_point inherited_deadline() const noexcept;

  /// The child ended, with @p failure if that is not null or @p error if that is not `{}`. Tells
  /// the scope and who joins; may delete the record.
  void finish(const std::exception_ptr& failure, std::error_code error);

 private:
  friend class actornet::scope;
  friend class join_wait_base;

  net::loop& home_;
  scope* scope_;  // null once it ended
  child_record* previous_ = nullptr;
  child_record* next_ = nullptr;
  join_wait_base* joiner_ = nullptr;
  std::uint32_t references_ = 1;
};

/// The wait for the end of a child.
class join_wait_base : public wait_point {
 public:
  explicit join_wait_base(child_record& of) noexcept : of_(&of) {}

  // -- awaited alone: also waits for a child that is to stop; it is told so, and gives its value --

  bool await_ready() const noexcept { return of_->ended(); }
  void await_suspend(std::coroutine_handle<> task);

  // -- as an alternative --------------------------------------------------------------------------

  bool look_as_alternative(wake_list&) const noexcept { return of_->ended(); }
  void enlist_as_alternative(wait_point& whole, claim_word& claim, std::uint32_t number) noexcept;
  void withdraw_alternative() noexcept { of_->joiner_ = nullptr; }

 protected:
  ~join_wait_base() = default;
  child_record* of_;

 private:
  friend class child_record;
  void abandon(errc reason) override { of_->cancel(reason); }
  void on_end();

  wait_point* whole_ = nullptr;
  claim_word* claim_ = nullptr;
  std::uint32_t number_ = 0;
};

template <class T>
struct child_of : child_record {
  using child_record::child_record;
  virtual T take() = 0;
};

// A child that gives a result without value has failed.
template <class T>
std::error_code error_in(const T&) noexcept {
  return {};
}
template <class T>
std::error_code error_in(const result<T>& given) noexcept {
  return given.error();
}

/// A child on its scope's own loop.
template <class T>
class local_child final : public child_of<T> {
 public:
  local_child(scope& of, task<T> work)
      : child_of<T>(of),
        work_(std::move(work)),
        context_(this->home(), this->inherited_deadline()) {
    this->home().enqueue(net::entry_of<&local_child::start>(*this));
  }

  void cancel(errc reason) override { context_.cancel(reason); }
  T take() override { return work_.take(); }

 private:
  void start() {
    if (!work_.start(context_, net::entry_of<&local_child::on_end>(*this)))
      done();
  }

  // Inside the frame's last resume: what may free the frame comes in a turn of its own.
  void on_end() { this->home().enqueue_next(net::entry_of<&local_child::done>(*this)); }

  void done() {
    if constexpr (std::is_void_v<T>)
      this->finish(work_.failure(), {});
    else
      this->finish(work_.failure(), work_.failure() ? std::error_code() : error_in(work_.peek()));
  }

  task<T> work_;
  task_context context_;
};

/// A child on another loop. Its task lives there; what passes between the loops is posted. It has
/// ended for its scope when its end has come back and no request to stop is on its way any more.
template <class T, class Make>
class remote_child final : public child_of<T> {
 public:
  remote_child(scope& of, net::loop& there, Make make)
      : child_of<T>(of),
        there_(there),
        make_(std::move(make)),
        deadline_(this->inherited_deadline()) {
    there_.post(net::entry_of<&remote_child::start_there>(*this));
  }

  void cancel(errc reason) override {
    if (arrived_ || cancel_reason_ != errc{})
      return;
    cancel_reason_ = reason;
    cancelling_ = true;
    there_.post(net::entry_of<&remote_child::cancel_there>(*this));
  }

  T take() override {
    if (failure_)
      std::rethrow_exception(failure_);
    if constexpr (!std::is_void_v<T>)
      return std::move(*value_);
  }

 private:
  // -- on the other loop --------------------------------------------------------------------------

  struct running {
    running(net::loop& on, net::time_point deadline, Make& make)
        : context(on, deadline), work(make()) {}
    task_context context;
    task<T> work;
  };

  void start_there() {
    try {
      running_.emplace(there_, deadline_, make_);
    } catch (...) {  // the function that makes the task, before it is one
      failure_ = std::current_exception();
      return go_home();
    }
    if (cancelled_early_)
      running_->context.cancel(cancel_reason_);
    if (!running_->work.start(running_->context, net::entry_of<&remote_child::on_end_there>(*this)))
      end_there();
  }

  void on_end_there() { there_.enqueue_next(net::entry_of<&remote_child::end_there>(*this)); }

  void end_there() {
    failure_ = running_->work.failure();
    if constexpr (!std::is_void_v<T>) {
      if (!failure_)
        value_.emplace(running_->work.take());
    }
    running_.reset();
    go_home();
  }

  void go_home() { this->home().post(net::entry_of<&remote_child::arrive>(*this)); }

  void cancel_there() {
    if (running_)
      running_->context.cancel(cancel_reason_);
    cancelled_early_ = true;  // a simulator may let it overtake the start
    this->home().post(net::entry_of<&remote_child::cancel_came_through>(*this));
  }

  // -- on the scope's loop ------------------------------------------------------------------------

  void arrive() {
    arrived_ = true;
    if (!cancelling_)
      done();
  }

  void cancel_came_through() {
    cancelling_ = false;
    if (arrived_)
      done();
  }

  void done() {
    if constexpr (std::is_void_v<T>)
      this->finish(failure_, {});
    else
      this->finish(failure_, failure_ ? std::error_code() : error_in(*value_));
  }

  net::loop& there_;
  Make make_;
  net::time_point deadline_;
  std::optional<running> running_;  // the other loop's, from start to end
  bool cancelled_early_ = false;    // the other loop's
  std::exception_ptr failure_;
  std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value_;
  errc cancel_reason_{};  // written before the request to stop is posted
  bool cancelling_ = false;
  bool arrived_ = false;
};

}  // namespace detail

}  // namespace actornet

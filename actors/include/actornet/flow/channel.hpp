#pragma once

#include <memory>
#include <type_traits>

#include "actornet/flow/detail/channel_wait.hpp"
#include "actornet/flow/detail/thread_waiter.hpp"

namespace actornet {

namespace detail {

/// What receives of tasks have in common: whom they receive from, and where an element that is
/// handed over while they wait arrives.
template <class T, class Operation>
class receive_wait : public channel_wait<Operation> {
 protected:
  explicit receive_wait(channel_state<T>& from) noexcept : from_(&from) {}

  net::biased_lock& lock() noexcept { return from_->lock(); }
  void enlist() noexcept {
    this->element = &element_;
    from_->enlist_receiver(*this);
  }
  void forget(wake_list&) noexcept { from_->forget_receiver(*this); }

  channel_state<T>* from_;
  std::optional<T> element_;
};

}  // namespace detail

/// A receive that a task awaits; see `channel::receive`.
template <class T>
class [[nodiscard("co_await it")]] receive_operation final
    : public detail::receive_wait<T, receive_operation<T>> {
 public:
  explicit receive_operation(detail::channel_state<T> & from) noexcept
      : receive_operation::receive_wait(from) {}

  result<T> await_resume() {
    if (this->element_)
      return std::move(*this->element_);
    return this->failure();
  }

 private:
  friend detail::channel_wait<receive_operation>;

  detail::outcome look(detail::wake_list & woken) {
    return this->from_->receive(this->element_, woken);
  }
};

/// A receive of several elements that a task awaits; see `channel::receive_many`.
template <class T>
class [[nodiscard("co_await it")]] receive_many_operation final
    : public detail::receive_wait<T, receive_many_operation<T>> {
 public:
  receive_many_operation(detail::channel_state<T> & from, std::vector<T> & into, std::size_t max)
      : receive_many_operation::receive_wait(from), into_(&into), max_(max) {
    into.reserve(into.size() + max);
  }

  result<std::size_t> await_resume() {
    if (this->element_) {  // it was handed over while the task waited; more may have come since
      into_->push_back(std::move(*this->element_));
      ++count_;
      detail::wake_list woken;
      {
        const net::biased_lock::guard guard(this->lock(), &this->context().home());
        take(woken);
      }
      woken.wake_all();
    }
    if (count_ == 0)
      return this->failure();
    return count_;
  }

 private:
  friend detail::channel_wait<receive_many_operation>;

  detail::outcome look(detail::wake_list & woken) {
    const detail::outcome last = take(woken);
    return count_ > 0 ? detail::outcome::done : last;
  }

  detail::outcome take(detail::wake_list & woken) {
    std::optional<T> one;
    auto last = detail::outcome::done;
    while (count_ < max_ && (last = this->from_->receive(one, woken)) == detail::outcome::done) {
      into_->push_back(std::move(*one));  // has room
      ++count_;
    }
    return last;
  }

  std::vector<T>* into_;
  std::size_t max_;
  std::size_t count_ = 0;
};

/// A send that a task awaits; see `channel::send`. `Held` is `T&&` or, for a copy, `T`.
template <class T, class Held>
class [[nodiscard("co_await it")]] send_operation final
    : public detail::channel_wait<send_operation<T, Held>> {
 public:
  send_operation(detail::channel_state<T> & to, Held given) noexcept
      : to_(&to), element_(std::forward<Held>(given)) {}

  result<void> await_resume() noexcept {
    if (this->delivered)
      return {};
    return this->failure();
  }

 private:
  friend detail::channel_wait<send_operation>;

  net::biased_lock& lock() noexcept {
    return to_->lock();
  }
  detail::outcome look(detail::wake_list & woken) {
    this->bytes = to_->bytes_of(element_);
    return to_->send(element_, this->bytes, woken);
  }
  void enlist() noexcept {
    this->element = std::addressof(element_);
    to_->enlist_sender(*this);
  }
  void forget(detail::wake_list & woken) noexcept {
    to_->forget_sender(*this, woken);
  }

  detail::channel_state<T>* to_;
  Held element_;
};

/// Go's `chan T`: what one task sends another receives, once, in the order in which one sender
/// sent. Any number of senders and receivers, on any loops and threads. Copies are handles to the
/// same channel; it is gone with the last. A handle must outlive the operations that were begun
/// through it. Elements are moved, never copied, unless `send` is given an lvalue.
///
/// Thread-safe, except that `send`, `receive` and `receive_many` are awaited by tasks, and
/// `…_blocking` are for plain threads.
template <class T>
class channel {
 public:
  using value_type = T;

  /// @p capacity elements may wait to be received; 0 makes every send wait for its receiver.
  explicit channel(std::size_t capacity = 0) : channel(channel_options<T>{.capacity = capacity}) {}
  explicit channel(const channel_options<T>& options)
      : state_(std::make_shared<detail::channel_state<T>>(options)) {}

  // -- tasks --------------------------------------------------------------------------------------

  /// `co_await ch.receive()` gives `result<T>`: the oldest element; waits for one. Errors:
  /// `channel_closed` (and empty), `cancelled` or another reason for which the task is to stop.
  receive_operation<T> receive() const noexcept { return receive_operation<T>(*state_); }

  /// `co_await ch.receive_many(into, max)` gives `result<std::size_t>`: waits for an element, then
  /// appends up to @p max of those that are there. @p into gets room for @p max at once; it must
  /// live until the await ends. @pre max > 0
  receive_many_operation<T> receive_many(std::vector<T>& into, std::size_t max) const {
    return receive_many_operation<T>(*state_, into, max);
  }

  /// `co_await ch.send(std::move(element))` gives `result<void>`; waits while the channel is full.
  /// @p element is moved from only if there is no error, and must live until the await ends.
  /// Errors: `channel_closed`, `cancelled` or another reason for which the task is to stop.
  send_operation<T, T&&> send(T&& element) const noexcept { return {*state_, std::move(element)}; }

  /// The same with a copy.
  send_operation<T, T> send(const T& element) const requires std::is_copy_constructible_v<T> {
    return {*state_, element};
  }

  // -- anybody: never waits -----------------------------------------------------------------------

  /// As `send`, by the overflow policy when the channel is full. Errors: `channel_closed`,
  /// `mailbox_full`, `dropped`, `slow_consumer` (the policy closed it). Moves @p element only if
  /// there is no error.
  result<void> offer(T&& element) const {
    for (;;) {
      std::optional<T> displaced;  // goes without the lock: its destructor may do anything
      const auto offered = now([&](detail::wake_list& woken) {
        return state_->offer(element, state_->bytes_of(element), displaced, woken);
      });
      if (offered.error() != errc::would_block)
        return offered;
    }
  }
  result<void> offer(const T& element) const requires std::is_copy_constructible_v<T> {
    return offer(T(element));
  }

  /// Errors: `would_block` (nobody waits for it, no room), `channel_closed`. Moves @p element only
  /// if there is no error.
  result<void> try_send(T&& element) const {
    return now([&](detail::wake_list& woken) {
      return error_of(state_->send(element, state_->bytes_of(element), woken));
    });
  }

  result<void> try_send(const T& element) const requires std::is_copy_constructible_v<T> {
    return try_send(T(element));
  }

  /// Errors: `would_block` (nothing there), `channel_closed`.
  result<T> try_receive() const {
    std::optional<T> element;
    const auto received =
        now([&](detail::wake_list& woken) { return error_of(state_->receive(element, woken)); });
    if (!received)
      return received.error();
    return std::move(*element);
  }

  /// No more sends: who waits to send, and who waits to receive from an empty channel, is told
  /// `channel_closed`; what is in it can still be received. False when it was closed before.
  bool close() const {
    return now([&](detail::wake_list& woken) {
             return state_->close(woken) ? errc{} : errc::channel_closed;
           }).error() == std::error_code();
  }

  // -- plain threads: they may wait ---------------------------------------------------------------

  /// As `send`, holding up the calling thread for @p limit at most. Further errors:
  /// `timed_out`, `would_block_loop` (called on a loop, which must never wait).
  result<void> send_blocking(T&& element, net::duration limit = net::duration::max()) const {
    detail::thread_waiter me;
    me.bytes = state_->bytes_of(element);
    me.element = &element;
    return me.run(
        state_->lock(), limit,
        [&](detail::wake_list& woken) { return state_->send(element, me.bytes, woken); },
        [&] { state_->enlist_sender(me); },
        [&](detail::wake_list& out) { state_->forget_sender(me, out); });
  }

  result<void> send_blocking(const T& element, net::duration limit = net::duration::max())
      const requires std::is_copy_constructible_v<T> {
    return send_blocking(T(element), limit);
  }

  /// As `receive`, holding up the calling thread for @p limit at most. Further errors:
  /// `timed_out`, `would_block_loop`.
  result<T> receive_blocking(net::duration limit = net::duration::max()) const {
    std::optional<T> element;
    detail::thread_waiter me;
    me.element = &element;
    const auto received = me.run(
        state_->lock(), limit,
        [&](detail::wake_list& woken) { return state_->receive(element, woken); },
        [&] { state_->enlist_receiver(me); },
        [&](detail::wake_list&) { state_->forget_receiver(me); });
    if (!received)
      return received.error();
    return std::move(*element);
  }

  // -- facts; of use for statistics, as they may be old when they arrive --------------------------

  std::size_t capacity() const noexcept { return state_->options().capacity; }
  std::size_t size() const {
    const net::biased_lock::guard guard(state_->lock(), net::loop::current());
    return state_->size();
  }
  bool closed() const {
    const net::biased_lock::guard guard(state_->lock(), net::loop::current());
    return state_->closed();
  }
  /// Elements that the overflow policy dropped or replaced.
  std::uint64_t dropped() const {
    const net::biased_lock::guard guard(state_->lock(), net::loop::current());
    return state_->dropped();
  }

  bool operator==(const channel&) const noexcept = default;

 private:
  static errc error_of(detail::outcome found) noexcept {
    if (found == detail::outcome::done)
      return {};
    return found == detail::outcome::closed ? errc::channel_closed : errc::would_block;
  }

  template <class Change>
  result<void> now(Change change) const {
    detail::wake_list woken;
    errc error{};
    {
      const net::biased_lock::guard guard(state_->lock(), net::loop::current());
      error = change(woken);
    }
    woken.wake_all();
    if (error != errc{})
      return error;
    return {};
  }

  std::shared_ptr<detail::channel_state<T>> state_;
};

}  // namespace actornet

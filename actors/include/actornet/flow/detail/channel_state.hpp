#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "actornet/errc.hpp"
#include "actornet/flow/detail/waiter.hpp"
#include "actornet/net/biased_lock.hpp"
#include "actornet/net/overflow_policy.hpp"

namespace actornet {

/// Limits and habits of a channel.
template <class T>
struct channel_options {
  std::size_t capacity = 0;   ///< elements that may wait to be received; 0: rendezvous
  std::size_t bytes_max = 0;  ///< bytes that may wait, by `bytes_of`; 0: counted in elements only
  std::size_t (*bytes_of)(const T&) = nullptr;
  net::overflow_policy overflow = net::overflow_policy::reject;  ///< what `offer` does when full
  std::uint64_t (*key_of)(const T&) = nullptr;                   ///< of `overflow_policy::conflate`
};

namespace detail {

/// What an operation on a channel came to.
enum class outcome : std::uint8_t { done, closed, must_wait };

/// The elements that wait, oldest first; a ring of fixed size. Not thread-safe.
template <class T>
class element_ring {
 public:
  explicit element_ring(std::size_t capacity)
      : slots_(capacity > 0 ? std::allocator<T>().allocate(capacity) : nullptr),
        capacity_(static_cast<std::uint32_t>(capacity)) {
    assert(capacity == capacity_ && "a channel has room for 2^32 - 1 elements at most");
  }
  ~element_ring() {
    while (size_ > 0)
      drop_front();
    if (slots_)
      std::allocator<T>().deallocate(slots_, capacity_);
  }
  element_ring(const element_ring&) = delete;
  element_ring& operator=(const element_ring&) = delete;

  std::size_t size() const noexcept { return size_; }
  bool full() const noexcept { return size_ == capacity_; }
  T& at(std::size_t position) noexcept { return slots_[slot(position)]; }

  void push(T&& last) noexcept {
    std::construct_at(slots_ + slot(size_), std::move(last));
    ++size_;
  }
  void drop_front() noexcept {
    std::destroy_at(slots_ + first_);
    first_ = first_ + 1 == capacity_ ? 0 : first_ + 1;
    --size_;
  }

 private:
  std::size_t slot(std::size_t position) const noexcept {
    const std::size_t at = first_ + position;
    return at < capacity_ ? at : at - capacity_;
  }

  T* slots_;
  std::uint32_t capacity_;
  std::uint32_t first_ = 0;
  std::uint32_t size_ = 0;
};

/// A channel behind its handles: elements that wait, who waits for one, who waits for room. The
/// rules are Go's. One lock; the functions below want it held, and hand back whom to wake when it
/// is free again.
///
/// Invariants: receivers wait only while nothing waits to be received; senders wait only while it
/// is full; nobody waits at a closed channel.
template <class T>
class channel_state {
  static_assert(std::is_nothrow_move_constructible_v<T>,
                "actornet: what travels through a channel must be movable without throwing");

 public:
  explicit channel_state(const channel_options<T>& options)
      : waiting_(options.capacity), options_(options) {
    assert((options.bytes_max == 0 || options.bytes_of) && "bytes_max needs bytes_of");
    assert((options.overflow != net::overflow_policy::conflate || options.key_of) &&
           "conflate needs key_of");
  }

  net::biased_lock& lock() noexcept { return lock_; }
  const channel_options<T>& options() const noexcept { return options_; }

  std::size_t bytes_of(const T& element) const noexcept {
    return options_.bytes_max > 0 ? options_.bytes_of(element) : 0;
  }

  // -- with the lock ------------------------------------------------------------------------------

  /// Moves @p from out if it returns `done`.
  outcome send(T& from, std::size_t bytes, wake_list& woken) noexcept {
    if (closed_)
      return outcome::closed;
    if (waiter* const to = receivers_.pop_claimed()) {
      hand_over(from, *to);
      woken.push(*to);
      return outcome::done;
    }
    if (!fits(bytes) || overtakes())
      return outcome::must_wait;
    append(from, bytes);
    return outcome::done;
  }

  outcome receive(std::optional<T>& into, wake_list& woken) noexcept {
    if (waiting_.size() > 0) {
      take_front(into);
      admit_senders(woken);
      return outcome::done;
    }
    if (waiter* const from = senders_.pop_claimed()) {
      into.emplace(std::move(*static_cast<T*>(from->element)));
      from->delivered = true;
      woken.push(*from);
      return outcome::done;
    }
    return closed_ ? outcome::closed : outcome::must_wait;
  }

  /// Has @p party wait; it must have been told `must_wait` under the same lock.
  void enlist_receiver(waiter& party) noexcept { receivers_.push(party); }
  void enlist_sender(waiter& party) noexcept { senders_.push(party); }
  void forget_receiver(waiter& party) noexcept { receivers_.remove(party); }
  void forget_sender(waiter& party, wake_list& woken) noexcept {
    senders_.remove(party);
    admit_senders(woken);  // a smaller element behind it may fit
  }

  /// False when it is closed already.
  bool close(wake_list& woken) noexcept {
    if (std::exchange(closed_, true))
      return false;
    for (waiter_list* list : {&receivers_, &senders_})
      while (waiter* const party = list->pop_claimed())
        woken.push(*party);
    return true;
  }

  /// `send` that never has to wait: a full channel makes room by its overflow policy, without
  /// regard to senders that wait. What had to go for it is in @p displaced, to be destroyed without
  /// the lock; `would_block`: more has to go, call it again.
  errc offer(T& from, std::size_t bytes, std::optional<T>& displaced, wake_list& woken) noexcept {
    const outcome first = send(from, bytes, woken);
    if (first != outcome::must_wait)
      return first == outcome::done ? errc{} : errc::channel_closed;
    switch (options_.overflow) {
      case net::overflow_policy::reject:
        return errc::mailbox_full;
      case net::overflow_policy::drop_newest:
        ++dropped_;
        return errc::dropped;
      case net::overflow_policy::drop_oldest:
        return push_out_oldest(from, bytes, displaced, woken);
      case net::overflow_policy::conflate:
        return replace_same_key(from, bytes, displaced, woken) ? errc{} : errc::mailbox_full;
      case net::overflow_policy::close:
        close(woken);
        return errc::slow_consumer;
    }
    return errc::mailbox_full;
  }

  bool closed() const noexcept { return closed_; }
  std::size_t size() const noexcept { return waiting_.size(); }
  std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  bool fits(std::size_t bytes) const noexcept {
    if (waiting_.full())
      return false;
    return options_.bytes_max == 0 || waiting_.size() == 0 || bytes_ + bytes <= options_.bytes_max;
  }

  // Where elements differ in size, a small one must not pass by a large one that waits for room: it
  // might wait forever.
  bool overtakes() const noexcept { return options_.bytes_max > 0 && !senders_.empty(); }

  void append(T& from, std::size_t bytes) noexcept {
    waiting_.push(std::move(from));
    bytes_ += bytes;
  }

  void take_front(std::optional<T>& into) noexcept {
    T& front = waiting_.at(0);
    if (options_.bytes_max > 0)
      bytes_ -= options_.bytes_of(front);
    into.emplace(std::move(front));
    waiting_.drop_front();
  }

  static void hand_over(T& from, waiter& to) noexcept {
    static_cast<std::optional<T>*>(to.element)->emplace(std::move(from));
    to.delivered = true;
  }

  // There is room again: those who waited for it come in, in their order. A sender's element may
  // only be looked at once its claim is won: hence `waiter::bytes`.
  void admit_senders(wake_list& woken) noexcept {
    while (!senders_.empty() && fits(senders_.front()->bytes)) {
      waiter* const from = senders_.front();
      senders_.remove(*from);
      if (!from->win())
        continue;
      append(*static_cast<T*>(from->element), from->bytes);
      from->delivered = true;
      woken.push(*from);
    }
  }

  errc push_out_oldest(T& from, std::size_t bytes, std::optional<T>& displaced,
                       wake_list& woken) noexcept {
    if (options_.capacity == 0) {
      ++dropped_;
      return errc::dropped;
    }
    if (!fits(bytes)) {
      take_front(displaced);
      ++dropped_;
    }
    if (!fits(bytes))
      return errc::would_block;
    append(from, bytes);
    admit_senders(woken);
    return {};
  }

  bool replace_same_key(T& from, std::size_t bytes, std::optional<T>& displaced,
                        wake_list& woken) noexcept {
    const std::uint64_t key = options_.key_of(from);
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      T& old = waiting_.at(i);
      if (options_.key_of(old) != key)
        continue;
      const std::size_t others = bytes_ - bytes_of(old);
      if (options_.bytes_max > 0 && waiting_.size() > 1 && others + bytes > options_.bytes_max)
        return false;
      bytes_ = others + bytes;
      displaced.emplace(std::move(old));
      std::destroy_at(&old);
      std::construct_at(&old, std::move(from));
      ++dropped_;
      admit_senders(woken);
      return true;
    }
    return false;
  }

  // All but the last words in one cache line, which goes to and fro between the loops that use the
  // channel.
  alignas(64) net::biased_lock lock_;
  bool closed_ = false;
  element_ring<T> waiting_;
  waiter_list receivers_;
  waiter_list senders_;

  const channel_options<T> options_;
  std::size_t bytes_ = 0;  // of what waits
  std::uint64_t dropped_ = 0;
};

}  // namespace detail

}  // namespace actornet

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace actornet::detail {

/// Which alternative of a parked select won, decided once by compare-and-swap: 0 while none has.
class claim_word {
 public:
  bool claim(std::uint32_t alternative) noexcept { return exchange(alternative + 1); }
  bool withdraw() noexcept { return exchange(withdrawn); }
  std::uint32_t winner() const noexcept { return word_.load(std::memory_order_acquire) - 1; }

 private:
  static constexpr std::uint32_t withdrawn = ~std::uint32_t{0};

  bool exchange(std::uint32_t to) noexcept {
    std::uint32_t nobody = 0;
    return word_.compare_exchange_strong(nobody, to, std::memory_order_acq_rel);
  }

  std::atomic<std::uint32_t> word_{0};
};

/// A party that waits at a channel: a task's send or receive, an alternative of its select, a plain
/// thread. The channel's lock guards it while it is `queued`; whoever takes it out of the queue and
/// wins its claim moves the element, then calls `wake` without any lock: from then on the waiter
/// may be gone.
struct waiter {
  waiter* next = nullptr;
  waiter* previous = nullptr;
  void* element = nullptr;      ///< a sender's `T`, a receiver's `std::optional<T>`
  std::size_t bytes = 0;        ///< of a sender's element, in channels that are limited by bytes
  claim_word* claim = nullptr;  ///< of the select; null: not in a select
  void (*wake)(waiter& self) = nullptr;
  std::uint32_t alternative = 0;
  bool queued = false;
  bool delivered = false;  ///< the element changed hands; else the channel was closed

  /// Whether this party still waits: false when another alternative of its select has won.
  bool win() noexcept { return !claim || claim->claim(alternative); }
};

/// Waiters in the order in which they came.
class waiter_list {
 public:
  bool empty() const noexcept { return !first_; }
  waiter* front() const noexcept { return first_; }

  void push(waiter& last) noexcept {
    last.next = nullptr;
    last.previous = last_;
    (last_ ? last_->next : first_) = &last;
    last_ = &last;
    last.queued = true;
  }

  void remove(waiter& one) noexcept {
    (one.previous ? one.previous->next : first_) = one.next;
    (one.next ? one.next->previous : last_) = one.previous;
    one.queued = false;
  }

  /// The first whose select has not been won elsewhere; those before it are taken out, too.
  waiter* pop_claimed() noexcept {
    while (waiter* const first = first_) {
      remove(*first);
      if (first->win())
        return first;
    }
    return nullptr;
  }

 private:
  waiter* first_ = nullptr;
  waiter* last_ = nullptr;
};

/// Whom to wake once the lock is free, in order.
class wake_list {
 public:
  void push(waiter& last) noexcept {
    last.next = nullptr;
    (last_ ? last_->next : first_) = &last;
    last_ = &last;
  }

  void wake_all() {
    while (waiter* const first = first_) {
      first_ = first->next;
      first->wake(*first);
    }
    last_ = nullptr;
  }

 private:
  waiter* first_ = nullptr;
  waiter* last_ = nullptr;
};

}  // namespace actornet::detail

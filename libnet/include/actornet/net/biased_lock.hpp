#pragma once

#include <atomic>
#include <cstdint>

#include "actornet/net/spin_lock.hpp"

namespace actornet::net {

namespace detail {

/// Whether the system can do what `thread_barrier` says; always the same.
bool has_thread_barrier() noexcept;

/// Executes a full memory barrier in every running thread of this process. In libnet/src/platform.
/// @pre has_thread_barrier()
void thread_barrier() noexcept;

}  // namespace detail

/// A spin lock that costs no atomic read-modify-write while one party alone uses it: after
/// `bias_after` uses in a row it belongs to that party, which then only says that it is inside. The
/// first other party takes that back, once and for all, with a barrier in all threads (some
/// microseconds). See Dice, Moir and Scherer, "Quickly Reacquirable Locks" (2010), and
/// membarrier(2). Where the system has no such barrier it stays a spin lock.
///
/// A party is what one thread acts for at a time: a loop; null is nobody's name and may be used by
/// any thread. Not recursive; unlocked by the thread that locked it.
class biased_lock {
 public:
  static constexpr std::uint8_t bias_after = 64;

  void lock(const void* party) noexcept {
    const std::uintptr_t mine = owned_by(party);
    const std::uintptr_t seen = bias_.load(std::memory_order_relaxed);
    if (seen == revoked)
      return lock_.lock();
    if (seen == mine) {
      inside_.store(true, std::memory_order_relaxed);
      // The barrier that belongs between store and load is executed by who takes the bias back.
      std::atomic_signal_fence(std::memory_order_seq_cst);
      if (bias_.load(std::memory_order_relaxed) == mine) {
        as_owner_ = true;
        return;
      }
      inside_.store(false, std::memory_order_release);
    }
    lock_shared(party);
  }

  void unlock() noexcept {
    if (as_owner_)
      inside_.store(false, std::memory_order_release);
    else
      lock_.unlock();
  }

  /// Whether it belongs to @p party now.
  bool biased_to(const void* party) const noexcept {
    return bias_.load(std::memory_order_relaxed) == owned_by(party);
  }

  /// Holds a lock as long as it lives.
  class guard {
   public:
    guard(biased_lock& held, const void* party) noexcept : held_(held) { held_.lock(party); }
    ~guard() { held_.unlock(); }
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;

   private:
    biased_lock& held_;
  };

 private:
  static constexpr std::uintptr_t owned = 1;    // with the owner's address
  static constexpr std::uintptr_t revoked = 2;  // by nobody, ever again

  static std::uintptr_t address_of(const void* party) noexcept {
    return reinterpret_cast<std::uintptr_t>(party);
  }
  static std::uintptr_t owned_by(const void* party) noexcept { return address_of(party) | owned; }

  void lock_shared(const void* party) noexcept;
  void revoke() noexcept;

  // Whose it is, or who used it last; written with lock_ held.
  std::atomic<std::uintptr_t> bias_{0};
  std::atomic<bool> inside_{false};  // the owner is, or looks whether it may be
  spin_lock lock_;                   // of all but the owner
  bool as_owner_ = false;            // how it is held; written by who holds it
  std::uint8_t uses_ = 0;            // in a row, by who used it last; with lock_ held
};

}  // namespace actornet::net

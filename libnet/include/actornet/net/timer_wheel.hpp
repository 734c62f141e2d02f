#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "actornet/net/clock.hpp"
#include "actornet/net/entry.hpp"

namespace actornet::net {

class timer_wheel;

/// A timer that its owner embeds; it is armed on one wheel of one loop at a time. Destroying an
/// armed timer cancels it. Loop-bound: never touched by two threads.
class timer {
 public:
  /// @p expire runs on the loop when the deadline has passed (once per arming).
  explicit timer(entry expire) noexcept : expire_(expire) {}
  ~timer();
  timer(const timer&) = delete;
  timer& operator=(const timer&) = delete;

  /// Whether the timer will fire unless it is cancelled.
  bool armed() const noexcept { return tick_ != unarmed; }

 private:
  friend class timer_wheel;
  static constexpr std::uint64_t unarmed = ~std::uint64_t{0};

  timer* next_ = nullptr;
  timer** link_ = nullptr;  // what points to this timer while it stands in a slot
  timer_wheel* wheel_ = nullptr;
  std::uint64_t tick_ = unarmed;  // when to fire; may lie after the slot it stands in
  std::uint64_t slot_tick_ = 0;   // the tick by which its slot is looked at
  entry expire_;
};

/// A hierarchical timing wheel (Varghese and Lauck, SOSP 1987, scheme 7): arm, re-arm and cancel
/// are O(1) and never allocate. One tick is one millisecond; a timer fires in the first `advance`
/// at or after its deadline rounded up to a tick, never before it.
///
/// To re-arm for later, or to cancel, is one store: the timer stays in its slot and is looked at
/// again when the slot is due. `arm` unlinks a timer only to fire earlier.
class timer_wheel {
 public:
  static constexpr duration tick = std::chrono::milliseconds(1);

  explicit timer_wheel(time_point start) noexcept : start_(start) {}
  ~timer_wheel();
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  /// Arms or re-arms @p t for @p deadline; `never`, or more than 139 years, cancels it.
  void arm(timer& t, time_point deadline) noexcept;

  /// After this the timer does not fire; an expiry that was not delivered yet is dropped.
  void cancel(timer& t) noexcept { t.tick_ = timer::unarmed; }

  /// Takes @p t out of its slot, so that it causes no look at the wheel at all. O(1).
  void remove(timer& t) noexcept;

  /// Fires what is due at @p now. Timers may be armed, cancelled and destroyed by what runs.
  void advance(time_point now);

  /// When `advance` next has something to look at, or `never`. Never later than the earliest
  /// deadline; earlier when timers were cancelled, re-armed, or move to a finer level.
  time_point next_look() const noexcept;

 private:
  static constexpr unsigned slot_bits = 6;
  static constexpr std::size_t slots = std::size_t{1} << slot_bits;
  static constexpr std::size_t levels = 7;  // 64^7 ms: 139 years

  static constexpr std::uint64_t ticks_max = std::uint64_t{1} << (slot_bits * levels);

  void link(timer& t) noexcept;
  void unlink(timer& t) noexcept;
  void look_at(std::size_t level, std::size_t slot);
  std::uint64_t ticks_until(time_point when, bool round_up) const noexcept;
  std::uint64_t next_tick() const noexcept;

  time_point start_;
  std::uint64_t now_tick_ = 0;                    // everything at or before this tick was looked at
  std::array<std::uint64_t, levels> occupied_{};  // one bit per slot that has timers
  std::array<timer*, levels * slots> slots_{};    // level by level
};

}  // namespace actornet::net

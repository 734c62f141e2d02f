#include "actornet/net/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace actornet::net {

timer::~timer() {
  if (link_)
    wheel_->remove(*this);
}

timer_wheel::~timer_wheel() {
  for (timer*& head : slots_)
    while (head)
      unlink(*head);
}

void timer_wheel::arm(timer& t, time_point deadline) noexcept {
  const std::uint64_t due = std::max(ticks_until(deadline, true), now_tick_ + 1);
  if (deadline == never || due >= ticks_max)
    return cancel(t);
  t.tick_ = due;
  if (t.link_) {
    if (t.slot_tick_ <= due)
      return;  // its slot is looked at in time and moves it then
    unlink(t);
  }
  t.wheel_ = this;
  link(t);
}

void timer_wheel::remove(timer& t) noexcept {
  t.tick_ = timer::unarmed;
  if (t.link_)
    unlink(t);
}

void timer_wheel::link(timer& t) noexcept {
  // The level is the one of the highest bit in which the tick differs from now: there the slot's
  // index is larger than now's, so it is reached before the level wraps around.
  const auto differs = static_cast<std::size_t>(std::bit_width(t.tick_ ^ now_tick_));
  const std::size_t level = differs == 0 ? 0 : (differs - 1) / slot_bits;
  const std::size_t shift = level * slot_bits;
  const std::size_t slot = (t.tick_ >> shift) & (slots - 1);
  assert(level < levels);
  t.slot_tick_ = (t.tick_ >> shift) << shift;
  timer*& head = slots_[level * slots + slot];
  t.next_ = head;
  if (head)
    head->link_ = &t.next_;
  t.link_ = &head;
  head = &t;
  occupied_[level] |= std::uint64_t{1} << slot;
}

void timer_wheel::unlink(timer& t) noexcept {
  *t.link_ = t.next_;
  if (t.next_) {
    t.next_->link_ = t.link_;
  } else if (t.link_ >= slots_.data() && t.link_ < slots_.data() + slots_.size()) {
    // The slot is empty now; without this the loop would wake up to look at nothing.
    const auto index = static_cast<std::size_t>(t.link_ - slots_.data());
    occupied_[index / slots] &= ~(std::uint64_t{1} << (index % slots));
  }
  t.link_ = nullptr;
}

std::uint64_t timer_wheel::ticks_until(time_point when, bool round_up) const noexcept {
  if (when <= start_)
    return 0;
  const auto elapsed = static_cast<std::uint64_t>((when - start_).count());
  const auto per_tick = static_cast<std::uint64_t>(tick.count());
  return (elapsed + (round_up ? per_tick - 1 : 0)) / per_tick;
}

std::uint64_t timer_wheel::next_tick() const noexcept {
  for (std::size_t level = 0; level < levels; ++level) {
    const std::size_t shift = level * slot_bits;
    const std::size_t position = (now_tick_ >> shift) & (slots - 1);
    // Slots at or before the position belong to the past: what wraps stands one level up.
    const std::uint64_t ahead =
        position + 1 == slots ? 0 : occupied_[level] >> (position + 1) << (position + 1);
    if (ahead) {
      const std::uint64_t base = now_tick_ >> (shift + slot_bits) << (shift + slot_bits);
      return base + (static_cast<std::uint64_t>(std::countr_zero(ahead)) << shift);
    }
  }
  return timer::unarmed;
}

time_point timer_wheel::next_look() const noexcept {
  const std::uint64_t next = next_tick();
  return next == timer::unarmed ? never : start_ + tick * static_cast<duration::rep>(next);
}

void timer_wheel::advance(time_point now) {
  const std::uint64_t target = ticks_until(now, false);
  for (;;) {
    const std::uint64_t next = next_tick();
    if (next > target)
      break;
    now_tick_ = next;
    // From the top: a coarse slot that begins at this tick hands its timers down first.
    for (std::size_t level = levels; level-- > 0;) {
      const std::size_t shift = level * slot_bits;
      if (((next >> shift) << shift) == next)
        look_at(level, (next >> shift) & (slots - 1));
    }
  }
  if (target > now_tick_)
    now_tick_ = target;
}

void timer_wheel::look_at(std::size_t level, std::size_t slot) {
  timer*& head = slots_[level * slots + slot];
  while (head) {
    timer& t = *head;
    unlink(t);
    if (t.tick_ == timer::unarmed)
      continue;
    if (t.tick_ > now_tick_) {
      link(t);  // another slot: a finer level, or its deadline moved on
      continue;
    }
    t.tick_ = timer::unarmed;
    t.expire_();  // may destroy the timer
  }
}

}  // namespace actornet::net

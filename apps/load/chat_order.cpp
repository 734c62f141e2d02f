#include "chat_order.hpp"

namespace actornet::load {

void chat_order::begin(chat_position newest) noexcept {
  epoch_ = newest.epoch;
  last_ = newest.offset;
}

void chat_order::take(chat_position at, chat_counts& into) noexcept {
  constexpr std::uint64_t seen_bits = 64;
  if (at.epoch != epoch_ && last_ != 0) {  // a new epoch would have been told as a gap
    ++into.wrong;
    return;
  }
  epoch_ = at.epoch;
  if (at.offset > last_) {
    const std::uint64_t step = at.offset - last_;
    seen_ = step < seen_bits ? seen_ << step | 1 : 1;
    last_ = at.offset;
    into.lost += step - 1;
    return;
  }
  const std::uint64_t back = last_ - at.offset;
  const std::uint64_t bit = back < seen_bits ? std::uint64_t{1} << back : 0;
  if (bit != 0 && (seen_ & bit) == 0) {
    seen_ |= bit;
    ++into.reordered;
    --into.lost;
  } else {
    ++into.doubled;
  }
}

void chat_order::take_gap(chat_position from, chat_position to, chat_counts& into) noexcept {
  ++into.gaps;
  if (from.offset > last_)
    into.lost += from.offset - last_;
  else
    into.doubled += last_ - from.offset;
  if (to.epoch == from.epoch && to.offset > from.offset)
    into.gap_messages += to.offset - from.offset;
  epoch_ = to.epoch;
  last_ = to.offset;
  seen_ = ~std::uint64_t{0};
}

void chat_order::end(std::uint64_t offset, chat_counts& into) noexcept {
  if (offset > last_)
    into.lost += offset - last_;
}

}  // namespace actornet::load

#include "standing_judge.hpp"

namespace actornet::cluster::detail {

namespace {

// Of two, one is enough: neither could tell which of them is cut off.
std::size_t majority_of(std::size_t size) {
  return size == 2 ? 1 : size / 2 + 1;
}

}  // namespace

void standing_judge::bus_is(bus_state now, net::duration at) {
  if (now == bus_state::up)
    down_since_.reset();
  else if (!down_since_)
    down_since_ = at;
}

void standing_judge::probe_says(const result<void>& outcome, net::duration at) {
  if (outcome)
    probed_ = at;
  else
    probe_flaw_ = outcome.error().message();
}

void standing_judge::refuse(const refusal& what, net::duration at) {
  refusal_ = what.by + ": " + what.why;
  if (what.incompatible)
    refused_ = at;
  else
    replaced_ = true;
}

bool standing_judge::judge(net::duration at, std::size_t heard, std::size_t known) {
  const standing found = look(at, heard, known);
  if (found == now_)
    return false;
  now_ = found;
  why_ = next_why_;
  return true;
}

standing standing_judge::look(net::duration at, std::size_t heard, std::size_t known) {
  if (left_) {
    next_why_ = "said goodbye";
    return standing::left;
  }
  next_why_ = refusal_;
  if (replaced_)
    return standing::refused;
  const std::size_t size = how_.size == 0 ? known + 1 : how_.size;
  const std::size_t needs = majority_of(size);
  if (heard + 1 < needs) {
    if (refused_ && at - *refused_ < how_.isolated_after)
      return standing::refused;
    next_why_ = "hears of " + std::to_string(heard) + " others, needs " +
                std::to_string(needs - 1) + " of " + std::to_string(size - 1);
    const bool early = now_ == standing::joining && at - start_ < how_.isolated_after;
    return early ? standing::joining : standing::isolated;
  }
  if (now_ == standing::joining && how_.size == 0 && at - start_ < how_.interval)
    return standing::joining;
  return look_at_engine(at);
}

standing standing_judge::look_at_engine(net::duration at) {
  if (down_since_ && at - *down_since_ >= how_.bus_down_after) {
    next_why_ = "is not connected";
    return standing::isolated;
  }
  if (how_.probe && at - probed_ >= how_.isolated_after) {
    next_why_ = "the probe fails: " + probe_flaw_;
    return standing::isolated;
  }
  next_why_ = "hears of a majority";
  return standing::joined;
}

}  // namespace actornet::cluster::detail

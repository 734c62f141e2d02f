#include "member_list.hpp"

#include <cassert>

#include "membership_state.hpp"

namespace actornet::rooms::detail {

void member_list::add(member& who, membership_state& state) {
  assert(!state.in);
  slots_.push_back({&who, &state});
  state.in = this;
  state.slot = slots_.size() - 1;
  ++count_;
}

void member_list::remove(membership_state& state) noexcept {
  assert(state.in == this && slots_[state.slot].state == &state);
  state.in = nullptr;
  --count_;
  if (visitors_ > 0) {
    slots_[state.slot] = {nullptr, nullptr};
    return;
  }
  slots_[state.slot] = slots_.back();
  slots_[state.slot].state->slot = state.slot;
  slots_.pop_back();
}

void member_list::close_holes() noexcept {
  std::size_t kept = 0;
  for (const slot& each : slots_)
    if (each.who) {
      each.state->slot = kept;
      slots_[kept++] = each;
    }
  slots_.resize(kept);
}

}  // namespace actornet::rooms::detail

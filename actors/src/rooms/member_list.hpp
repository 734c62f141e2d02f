#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace actornet::rooms {
class member;
}

namespace actornet::rooms::detail {

class membership_state;

/// Members behind each other in memory, for the loop that tells all of them something. While one
/// goes through it with `for_each`, members may leave it, and those that come are left out.
class member_list {
 public:
  struct slot {
    member* who;  // null: it left
    membership_state* state;
  };

  bool empty() const noexcept { return count_ == 0; }
  std::size_t size() const noexcept { return count_; }

  void add(member& who, membership_state& state);
  void remove(membership_state& state) noexcept;

  /// `visit(slot, still_there)` for each; `still_there()`: it did not leave meanwhile.
  template <class Visit>
  void for_each(const Visit& visit) {
    ++visitors_;
    for (std::size_t i = 0, end = slots_.size(); i < end; ++i)
      if (slots_[i].who)
        visit(slot(slots_[i]), [this, i] { return slots_[i].who != nullptr; });
    if (--visitors_ == 0 && count_ < slots_.size())
      close_holes();
  }

 private:
  void close_holes() noexcept;

  std::vector<slot> slots_;
  std::size_t count_ = 0;
  unsigned visitors_ = 0;
};

}  // namespace actornet::rooms::detail

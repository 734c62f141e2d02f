#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "room_part.hpp"

namespace actornet::rooms::detail {

/// The parts of a room, one for each loop with members of it, as its home tells them something.
class room_parts {
 public:
  /// One member more of @p part, or less.
  void add(const std::shared_ptr<room_part>& part);
  void remove(const std::shared_ptr<room_part>& part);

  /// `push(inbox)` for each; it says whether somebody must see to it that the part looks.
  template <class Push>
  void tell(const Push& push) const {
    for (const link& each : links_)
      tell(each.part, push);
  }
  template <class Push>
  static void tell(const std::shared_ptr<room_part>& to, const Push& push) {
    if (push(to->inbox))
      to->here().wake(to);
  }

 private:
  struct link {
    std::shared_ptr<room_part> part;
    std::size_t members;
  };

  std::vector<link> links_;
};

}  // namespace actornet::rooms::detail

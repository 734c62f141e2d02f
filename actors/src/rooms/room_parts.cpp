#include "room_parts.hpp"

#include <algorithm>

namespace actornet::rooms::detail {

void room_parts::add(const std::shared_ptr<room_part>& part) {
  auto place = std::ranges::find(links_, part, &link::part);
  if (place == links_.end())
    place = links_.insert(place, {part, 0});
  ++place->members;
}

void room_parts::remove(const std::shared_ptr<room_part>& part) {
  const auto place = std::ranges::find(links_, part, &link::part);
  if (--place->members == 0)
    links_.erase(place);
}

}  // namespace actornet::rooms::detail

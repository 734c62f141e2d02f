#include "loop_health.hpp"

namespace actornet::apps {

std::optional<std::size_t> loop_health::find_stuck(net::time_point now) {
  std::optional<std::size_t> stuck;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const std::uint64_t number = loops_.at(i).turns();
    const bool sleeps = number % 2 == 1;
    if (sleeps || number != seen_[i].number)
      seen_[i] = {number, now};
    else if (now - seen_[i].first_seen >= stuck_after)
      stuck = i;
  }
  return stuck;
}

}  // namespace actornet::apps

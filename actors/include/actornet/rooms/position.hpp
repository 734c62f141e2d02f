#pragma once

#include <cstdint>

namespace actornet::rooms {

/// Where a message stands in its channel or room. Offsets count from 1 without a hole as long as
/// the epoch stays the same; 0 is before the first. A new epoch means that what was kept is lost.
struct position {
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;

  bool operator==(const position&) const noexcept = default;
};

}  // namespace actornet::rooms

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace actornet::cluster::detail {

/// Which of @p nodes (sorted, not empty) should own each of @p count shards: rendezvous hashing
/// (Thaler and Ravishankar, 1998) with a bound, so that no node has more than its share rounded
/// up. The same for all who know the same nodes.
std::vector<std::size_t> plan_shards(const std::vector<std::string>& nodes, std::size_t count);

}  // namespace actornet::cluster::detail

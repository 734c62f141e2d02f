#include "shard_plan.hpp"

#include <algorithm>
#include <cstdint>

#include "actornet/cluster/detail/chance.hpp"

namespace actornet::cluster::detail {

namespace {

std::uint64_t score_of(const std::string& node, std::size_t shard) {
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (const char each : node)
    sum = (sum ^ static_cast<unsigned char>(each)) * 0x100000001b3u;
  return chance(sum ^ chance(shard).next()).next();
}

}  // namespace

std::vector<std::size_t> plan_shards(const std::vector<std::string>& nodes, std::size_t count) {
  const std::size_t share = (count + nodes.size() - 1) / nodes.size();
  std::vector<std::size_t> loads(nodes.size());
  std::vector<std::size_t> owners(count);
  for (std::size_t shard = 0; shard < count; ++shard) {
    std::size_t best = nodes.size();
    std::uint64_t best_score = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::uint64_t score = score_of(nodes[i], shard);
      if (loads[i] < share && (best == nodes.size() || score > best_score)) {
        best = i;
        best_score = score;
      }
    }
    owners[shard] = best;
    ++loads[best];
  }
  return owners;
}

}  // namespace actornet::cluster::detail

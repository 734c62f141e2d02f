#include "edit_distance.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace actornet::apps {

std::size_t edit_distance(const std::string& from, const std::string& to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t kept = diagonal + (from[i] != to[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({kept, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string nearest_name(const std::string& name, const std::vector<std::string>& names) {
  constexpr std::size_t name_bytes_max = 100;  // the work is the product of the lengths
  if (name.size() > name_bytes_max)
    return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& each : names)
    if (const std::size_t distance = edit_distance(name, each); distance < least) {
      least = distance;
      best = each;
    }
  return best;
}

}  // namespace actornet::apps

#include "process_memory.hpp"

#include <fstream>
#include <limits>
#include <string>

namespace actornet::load {

namespace {

// The number of KiB behind @p key at the start of a line.
std::optional<std::uint64_t> kibibytes_of(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string word; file >> word; file.ignore(std::numeric_limits<int>::max(), '\n')) {
    std::uint64_t value = 0;
    if (word == key && file >> value)
      return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> process_resident_bytes(std::uint32_t id) {
  const std::string folder = "/proc/" + std::to_string(id);
  // smaps_rollup counts pages; the figure in status lags behind by some pages per thread.
  auto kibibytes = kibibytes_of(folder + "/smaps_rollup", "Rss:");
  if (!kibibytes)
    kibibytes = kibibytes_of(folder + "/status", "VmRSS:");
  if (!kibibytes)
    return std::nullopt;
  return *kibibytes * 1024;
}

}  // namespace actornet::load

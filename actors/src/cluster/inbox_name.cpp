#include "actornet/cluster/detail/inbox_name.hpp"

#include <cstdint>

namespace actornet::cluster::detail {

std::string inbox_name(net::loop& home) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string name = "inbox.";
  for (int half = 0; half < 2; ++half) {
    std::uint64_t chance = home.random();
    for (int i = 0; i < 16; ++i, chance >>= 4)
      name += digits[chance & 15];
  }
  return name;
}

}  // namespace actornet::cluster::detail

#include "actornet/net/filter.hpp"

namespace actornet::net {

filter::outcome identity_filter::received(std::span<const std::byte> bytes,
                                          std::vector<std::byte>& plain, std::vector<std::byte>&) {
  plain.insert(plain.end(), bytes.begin(), bytes.end());
  return {};
}

filter::outcome identity_filter::sending(std::span<const std::byte> plain,
                                         std::vector<std::byte>& wire) {
  wire.insert(wire.end(), plain.begin(), plain.end());
  return {};
}

}  // namespace actornet::net

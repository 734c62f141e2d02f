#include "source_addresses.hpp"

namespace actornet::load {

std::string source_address(const net::endpoint& target, std::uint32_t index, std::uint32_t total) {
  const bool loopback =
      target.kind == net::endpoint::scheme::tcp && target.host.starts_with("127.");
  if (!loopback || total <= connections_per_source)
    return {};
  const std::uint32_t number = 2 + index / connections_per_source;
  return "127.0." + std::to_string(number / 256) + "." + std::to_string(number % 256);
}

}  // namespace actornet::load

#include <cstdint>

#include "actornet/net/descriptor_limit.hpp"

namespace actornet::net {

std::size_t raise_descriptor_limit() noexcept {
  return SIZE_MAX;  // sockets are handles: only memory bounds them
}

}  // namespace actornet::net

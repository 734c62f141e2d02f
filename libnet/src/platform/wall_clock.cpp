#include "actornet/net/process_clock.hpp"

namespace actornet::net {

wall_time system_wall_time() noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace actornet::net

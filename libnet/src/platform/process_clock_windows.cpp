#include "actornet/net/process_clock.hpp"

namespace actornet::net {

std::optional<duration> process_cpu_time(std::uint32_t) noexcept {
  return std::nullopt;
}

}  // namespace actornet::net

#include <time.h>
#include <unistd.h>

#include "actornet/net/process_clock.hpp"

namespace actornet::net {

#if defined(_POSIX_CPUTIME) && _POSIX_CPUTIME >= 0  // macOS has it not
std::optional<duration> process_cpu_time(std::uint32_t id) noexcept {
  constexpr std::uint32_t ids_max = 1u << 28;  // glibc shifts the id into a clockid_t, unchecked
  clockid_t clock{};
  timespec used{};
  if (id >= ids_max || ::clock_getcpuclockid(static_cast<pid_t>(id), &clock) != 0 ||
      ::clock_gettime(clock, &used) != 0)
    return std::nullopt;
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}
#else
std::optional<duration> process_cpu_time(std::uint32_t) noexcept {
  return std::nullopt;
}
#endif

}  // namespace actornet::net

#include "actornet/net/biased_lock.hpp"

#if defined(__linux__)

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

namespace actornet::net::detail {

namespace {

bool call(int command) noexcept {
  return syscall(SYS_membarrier, command, 0, 0) == 0;
}

}  // namespace

bool has_thread_barrier() noexcept {
  static const bool registered = call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
  return registered;
}

void thread_barrier() noexcept {
  if (!call(MEMBARRIER_CMD_PRIVATE_EXPEDITED))
    std::abort();  // a process that is registered cannot be refused; to go on would be a data race
}

}  // namespace actornet::net::detail

#else

namespace actornet::net::detail {

bool has_thread_barrier() noexcept {
  return false;
}

void thread_barrier() noexcept {}

}  // namespace actornet::net::detail

#endif

#include <windows.h>

#include "actornet/net/biased_lock.hpp"

namespace actornet::net::detail {

bool has_thread_barrier() noexcept {
  return true;
}

void thread_barrier() noexcept {
  FlushProcessWriteBuffers();
}

}  // namespace actornet::net::detail

#include <windows.h>

#include "thread_barrier.hpp"

namespace actornet::net {

bool has_thread_barrier() noexcept {
  return true;
}

void thread_barrier() noexcept {
  FlushProcessWriteBuffers();
}

}  // namespace actornet::net

#include <thread>

#include "actornet/net/spin_lock.hpp"

namespace actornet::net::detail {

void yield_thread() noexcept {
  std::this_thread::yield();
}

}  // namespace actornet::net::detail

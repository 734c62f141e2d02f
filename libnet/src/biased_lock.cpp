#include "actornet/net/biased_lock.hpp"

namespace actornet::net {

void biased_lock::lock_shared(const void* party) noexcept {
  lock_.lock();
  const std::uintptr_t seen = bias_.load(std::memory_order_relaxed);
  if (seen & owned) {
    revoke();
  } else if (seen != revoked && seen != address_of(party)) {
    bias_.store(address_of(party), std::memory_order_relaxed);
    uses_ = 0;
  } else if (seen != revoked && party && ++uses_ == bias_after && detail::has_thread_barrier()) {
    bias_.store(owned_by(party), std::memory_order_relaxed);
  }
  as_owner_ = false;  // not before: an owner that is still inside looks at it
}

// After the barrier either we see that the owner is inside, or it sees that it is the owner no
// more.
void biased_lock::revoke() noexcept {
  bias_.store(revoked, std::memory_order_relaxed);
  detail::thread_barrier();
  while (inside_.load(std::memory_order_acquire))
    detail::yield_thread();
}

}  // namespace actornet::net

#include "actornet/net/admission.hpp"

namespace actornet::net {

admission_ticket::~admission_ticket() {
  if (from_)
    from_->leave(address_);
}

result<admission_ticket> admission::enter(const std::string& address) {
  if (connections_max_ > 0 && count_.load(std::memory_order_relaxed) >= connections_max_)
    return errc::connections_exhausted;
  admission_ticket::address_count* counted = nullptr;
  if (per_address_max_ > 0 && !address.empty()) {
    const std::lock_guard guard(mutex_);
    auto& entry = *by_address_.try_emplace(address, 0).first;
    if (entry.second >= per_address_max_)
      return errc::connections_exhausted;
    ++entry.second;
    counted = &entry;
  }
  count_.fetch_add(1, std::memory_order_relaxed);
  return admission_ticket(*this, counted);
}

void admission::leave(admission_ticket::address_count* address) noexcept {
  count_.fetch_sub(1, std::memory_order_relaxed);
  if (!address)
    return;
  const std::lock_guard guard(mutex_);
  if (--address->second == 0)
    by_address_.erase(by_address_.find(address->first));
}

}  // namespace actornet::net

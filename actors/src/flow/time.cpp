#include "actornet/flow/time.hpp"

#include <cassert>

namespace actornet {

ticker::ticker(net::duration period)
    : period_(period), next_(net::deadline_after(net::loop::current()->now(), period)) {
  assert(period > net::duration::zero());
}

void ticker::advance(net::time_point now) noexcept {
  const auto late = now - next_;
  const auto missed = late > net::duration::zero() ? late / period_ : 0;
  missed_ += static_cast<std::uint64_t>(missed);
  next_ += (missed + 1) * period_;
}

}  // namespace actornet

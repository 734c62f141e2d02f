#include "actornet/net/token_bucket.hpp"

namespace actornet::net {

void token_bucket::fill(time_point now) noexcept {
  if (now <= at_)
    return;
  // As unsigned: the difference of two times may not fit into a signed number.
  const std::uint64_t passed = static_cast<std::uint64_t>(now.time_since_epoch().count()) -
                               static_cast<std::uint64_t>(at_.time_since_epoch().count());
  at_ = now;
  const std::uint64_t missing = capacity() - level_;
  if (limit_.per_second == 0 || passed > missing / limit_.per_second)
    level_ = capacity();
  else
    level_ += passed * limit_.per_second;
}

rate_verdict token_bucket::take(time_point now, std::uint32_t amount) noexcept {
  if (limit_.per_second == 0)
    return {};
  fill(now);
  const std::uint64_t wanted = token * amount;
  if (wanted > capacity())
    return {duration::max()};
  if (wanted > level_) {
    const std::uint64_t missing = wanted - level_;
    const std::uint64_t rate = limit_.per_second;
    const std::uint64_t wait = missing / rate + (missing % rate != 0);
    constexpr auto longest = static_cast<std::uint64_t>(duration::max().count() - 1);
    return {duration(static_cast<duration::rep>(wait < longest ? wait : longest))};
  }
  level_ -= wanted;
  return {};
}

bool token_bucket::full(time_point now) noexcept {
  fill(now);
  return limit_.per_second == 0 || level_ == capacity();
}

}  // namespace actornet::net

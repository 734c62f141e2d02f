#include "actornet/net/keyed_rate_limiter.hpp"

#include <algorithm>

namespace actornet::net {

rate_verdict keyed_rate_limiter::take(std::string_view key, time_point now, std::uint32_t amount) {
  if (limit_.per_second == 0)
    return {};
  const std::lock_guard guard(mutex_);
  return find_or_add(key.substr(0, key_bytes_max), now)->second.bucket.take(now, amount);
}

keyed_rate_limiter::table::iterator keyed_rate_limiter::find_or_add(std::string_view key,
                                                                    time_point now) {
  auto found = table_.find(key);
  if (found != table_.end()) {
    used_.splice(used_.end(), used_, found->second.place);
    return found;
  }
  if (table_.size() >= keys_max_)
    make_room(now);
  used_.push_back(table_.end());
  try {
    found = table_.try_emplace(std::string(key), entry{token_bucket(limit_, now), {}}).first;
  } catch (...) {
    used_.pop_back();
    throw;
  }
  used_.back() = found;
  found->second.place = std::prev(used_.end());
  return found;
}

void keyed_rate_limiter::make_room(time_point now) {
  auto chosen = used_.begin();
  std::size_t looks = 0;
  for (auto each = used_.begin(); each != used_.end() && looks < looks_max; ++each, ++looks)
    if ((*each)->second.bucket.full(now)) {
      chosen = each;
      break;
    }
  forgotten_early_ += !(*chosen)->second.bucket.full(now);
  table_.erase(*chosen);
  used_.erase(chosen);
}

std::size_t keyed_rate_limiter::keys() const {
  const std::lock_guard guard(mutex_);
  return table_.size();
}

std::uint64_t keyed_rate_limiter::forgotten_early() const {
  const std::lock_guard guard(mutex_);
  return forgotten_early_;
}

}  // namespace actornet::net

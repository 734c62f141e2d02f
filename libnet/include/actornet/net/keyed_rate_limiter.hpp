#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "actornet/net/token_bucket.hpp"

namespace actornet::net {

/// A token bucket for each key, as a peer's address (see `address_group`) or a user's name, in a
/// table that does not grow beyond its limit. Thread-safe: one short critical section a call.
///
/// Memory: at most `keys_max` entries of about 200 bytes each, 13 MB by default. A key that is not
/// there has a full bucket, so forgetting a full one changes nothing. When the table is full the
/// key that was quiet for longest makes room, of the `looks_max` quietest a full one if there is
/// one; `forgotten_early` counts those that were not. Who can come with more than `keys_max` keys
/// within the time that a bucket takes to fill is not held back by this limit: limit connections,
/// too.
class keyed_rate_limiter {
 public:
  static constexpr std::size_t keys_max_by_default = 65'536;
  static constexpr std::size_t key_bytes_max =
      64;  ///< keys that begin with the same share a bucket
  static constexpr std::size_t looks_max = 8;

  /// @p keys_max 0 counts as 1.
  explicit keyed_rate_limiter(const rate_limit& limit,
                              std::size_t keys_max = keys_max_by_default) noexcept
      : limit_(limit), keys_max_(keys_max == 0 ? 1 : keys_max) {}
  keyed_rate_limiter(const keyed_rate_limiter&) = delete;
  keyed_rate_limiter& operator=(const keyed_rate_limiter&) = delete;

  /// Takes @p amount tokens of @p key's bucket; see `token_bucket::take`.
  rate_verdict take(std::string_view key, time_point now, std::uint32_t amount = 1);

  std::size_t keys() const;
  std::uint64_t forgotten_early() const;

 private:
  struct entry {
    token_bucket bucket;
    std::list<std::map<std::string, entry, std::less<>>::iterator>::iterator place;
  };
  using table = std::map<std::string, entry, std::less<>>;

  table::iterator find_or_add(std::string_view key, time_point now);
  void make_room(time_point now);

  const rate_limit limit_;
  const std::size_t keys_max_;
  mutable std::mutex mutex_;
  table table_;                      // a tree: names that a peer chooses cannot make it slow
  std::list<table::iterator> used_;  // the quietest first
  std::uint64_t forgotten_early_ = 0;
};

}  // namespace actornet::net

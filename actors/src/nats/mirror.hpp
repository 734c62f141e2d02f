#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../cluster/directory_watcher.hpp"
#include "actornet/net/loop.hpp"
#include "bucket.hpp"

namespace actornet::nats {

/// What this process knows of a bucket: its keys, when their leases end by our clock, and who
/// watches them. On the home loop.
class mirror {
 public:
  using watcher_ref = std::shared_ptr<cluster::detail::directory_watcher>;
  using lease_ended = std::function<void(const std::string& key, std::uint64_t revision)>;

  /// @p told hears, once or more, of each lease that ended and whose key is still in the bucket.
  mirror(net::loop& home, std::size_t keys_max, lease_ended told)
      : home_(home), keys_max_(keys_max), told_(std::move(told)) {}

  /// What was heard or listed, in any order.
  void apply(const record& what);

  /// All that is in the bucket is applied between these two; the rest is gone.
  void begin_listing() { ++round_; }
  void end_listing();

  /// The revision of @p key whose lease ended, or 0.
  std::uint64_t ended(std::string_view key) const;

  void watch(const watcher_ref& added);
  void unwatch(const watcher_ref& gone) { std::erase(watchers_, gone); }

 private:
  struct present {
    cluster::directory_entry entry;
    net::time_point lease = net::never;
    std::uint64_t round = 0;
  };
  // Not to be taken for there when an older word of it comes late.
  struct absent {
    std::uint64_t revision;
    bool by_lease;
    std::uint64_t round;
  };
  using entries = std::map<std::string, present, std::less<>>;

  void put(const record& what);
  void drop(entries::iterator gone, absent because);
  void tell(const std::string& key, const cluster::directory_entry& now);
  void on_lease_end();
  void arm();

  net::loop& home_;
  const std::size_t keys_max_;
  const lease_ended told_;
  std::uint64_t round_ = 0;
  entries present_;
  std::map<std::string, absent, std::less<>> absent_;
  std::set<std::pair<net::time_point, std::string>> leases_;
  std::vector<watcher_ref> watchers_;
  net::timer lease_end_{net::entry_of<&mirror::on_lease_end>(*this)};
};

}  // namespace actornet::nats

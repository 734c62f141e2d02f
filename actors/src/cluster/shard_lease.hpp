#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "actornet/cluster/shards.hpp"

namespace actornet::cluster::detail {

/// What all leases of a service have in common.
struct lease_frame {
  net::loop& home;
  directory& leases;
  shard_sink& sink;
  const std::string prefix;
  const std::string value;  ///< of this life of this node
  const net::duration lease;
  const net::duration margin;
  shards_counts counts{};  ///< guarded by `mutex`
  std::mutex mutex{};
  std::size_t open = 0;  ///< questions
};

/// One shard's lease: claims, renews and releases it. On the home loop. It asks one question at a
/// time; what came of one without a clear answer it reads.
class shard_lease {
 public:
  shard_lease(lease_frame& frame, std::size_t shard)
      : frame_(frame), shard_(shard), key_(frame.prefix + std::to_string(shard)) {}
  shard_lease(const shard_lease&) = delete;
  shard_lease& operator=(const shard_lease&) = delete;

  /// Does what is to be done now.
  void look(bool wanted);

  /// What the directory has; revision 0: nothing.
  void see(const directory_entry& now);

  bool acknowledges(net::time_point now) const { return told_ && now < valid_until_; }
  bool told() const noexcept { return told_; }
  bool held() const noexcept { return revision_ != 0; }
  std::uint64_t token() const noexcept { return token_; }
  const std::string& seen() const noexcept { return seen_; }

 private:
  void ask();
  void claim_or_renew();
  void release();
  void find_out();
  void on_put(net::time_point asked, const result<std::uint64_t>& outcome);
  void on_found(const result<directory_entry>& outcome);
  void take(std::uint64_t revision, net::time_point asked);
  void lose();
  bool begin();
  void end();
  void count(std::uint64_t shards_counts::*which);

  lease_frame& frame_;
  const std::size_t shard_;
  const std::string key_;
  bool wanted_ = false;
  bool told_ = false;           // that it is owned
  bool unsure_ = false;         // what the directory has
  bool open_ = false;           // a question
  std::uint64_t revision_ = 0;  // of our lease; 0: none that we know of
  std::uint64_t token_ = 0;
  net::time_point valid_until_{};
  net::time_point next_{};  // not before this the next question
  std::string seen_;
  operation asking_;
};

}  // namespace actornet::cluster::detail

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actornet/cluster/directory.hpp"
#include "actornet/cluster/nodes.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::cluster {

/// Hears which shards this node owns. Called on the home loop, never inside a call of `shards`.
class shard_sink {
 public:
  /// From now on this node may acknowledge what belongs to @p shard, as long as `acknowledges`
  /// says so. @p token is greater than that of every owner before: who stores something can refuse
  /// the late words of an owner that is none any more.
  virtual void on_owned(std::size_t shard, std::uint64_t token) = 0;

  /// No more: it goes to another node, or its lease could not be renewed.
  virtual void on_lost(std::size_t shard) = 0;

 protected:
  ~shard_sink() = default;
};

struct shards_options {
  std::size_t count = 64;                         ///< the same on all nodes; see `count_max`
  net::duration lease = std::chrono::seconds(5);  ///< after a crash nobody owns for so long
  net::duration margin = std::chrono::milliseconds(1250);  ///< an owner stops so long before

  /// Which other nodes may own shards of this service; empty: those of this node's kind.
  std::function<bool(const node_info&)> serves{};
};

struct shards_counts {
  std::uint64_t owned = 0;  ///< now
  std::uint64_t claimed = 0;
  std::uint64_t renewed = 0;
  std::uint64_t released = 0;
  std::uint64_t ran_out = 0;  ///< leases that could not be renewed in time
  std::uint64_t refused = 0;  ///< claims and renewals that came too late: somebody else's
  std::uint64_t failed = 0;   ///< questions to the directory without a clear answer
};

/// Which node owns which of the shards of a service: each shard is a lease in a directory, taken
/// and renewed by compare-and-set. All nodes compute from the members they know who should own
/// what; until they agree, the leases decide. At most one node acknowledges for a shard at a time:
/// an owner counts its lease from before it asked for it, by its own steady clock, and stops
/// `margin` before it could end. A node that drains gives its shards up, one that is not `joined`
/// takes none.
///
/// Each shard costs four writes a lease. Everything on @p home, except `drain` and `counts`: from
/// any thread. Destroyed while that loop is in no turn on another thread; its leases run out then,
/// unless it was drained.
class shards {
 public:
  static constexpr std::size_t count_max = 1'024;
  static constexpr std::size_t service_bytes_max = 128;
  static constexpr std::size_t open_max = 64;  ///< questions to the directory at a time

  /// Begins in a turn of @p home. Throws std::invalid_argument: a limit, or a margin that is not
  /// less than half of the lease. All must outlive it.
  shards(net::loop& home, directory& leases, nodes& members, std::string service, shard_sink& sink,
         shards_options options = {});
  ~shards();
  shards(const shards&) = delete;
  shards& operator=(const shards&) = delete;

  /// Whether this node may acknowledge for @p shard at this moment; reads the clock. Ask right
  /// before each acknowledgement: the loop may have been stopped since `on_owned`.
  bool acknowledges(std::size_t shard) const;

  /// Of the ownership that there is now.
  std::optional<std::uint64_t> token(std::size_t shard) const;

  /// The name of the owner as far as it is known here; empty: nobody.
  std::string owner(std::size_t shard) const;

  /// Gives up all shards, and takes none any more. Over when `counts().owned` is 0.
  void drain();

  shards_counts counts() const;

  class state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace actornet::cluster

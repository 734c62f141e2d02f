#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "actornet/detail/pool_part.hpp"
#include "actornet/net/multiplexer.hpp"
#include "actornet/pool_options.hpp"

namespace actornet::detail {

/// A connection pool: its parts, one per loop, and the places that they share. A place is the right
/// to have one connection. There are `open_max`; when all are taken, parts queue for one, once for
/// each lease that waits, and a place that becomes free goes to the part that stands first.
///
/// The parts are their loops'; what is here is thread-safe. Counted by hand: one for the pool's
/// handle, one for each part that has something, one for each entry on its way to a part.
class pool_state {
 public:
  pool_state(net::multiplexer& loops, std::string uri, const pool_limits& limits, dial_options how,
             bool has_reset, bool has_heartbeat);
  pool_state(const pool_state&) = delete;
  pool_state& operator=(const pool_state&) = delete;

  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete this;
  }

  const pool_limits& limits() const noexcept { return limits_; }
  const std::string& uri() const noexcept { return uri_; }
  const std::shared_ptr<const dial_options>& how() const noexcept { return how_; }
  bool has_reset() const noexcept { return has_reset_; }
  pool_part& part_of(const net::loop& here);

  /// Ends all parts: idle connections close, leases that wait fail, those given back are closed.
  void close();
  bool closed() const noexcept { return closed_.load(std::memory_order_relaxed); }
  pool_statistics statistics() const;

  // -- places -------------------------------------------------------------------------------------

  enum class place : std::uint8_t { taken, queued, refused };

  /// Takes a place; if there is none, queues @p part for one, if it @p may_wait.
  place take_place(pool_part& part, net::time_point now, bool may_wait);

  /// A place is not needed any more: it goes to the part that waits longest, or is free.
  void free_place();

  /// One lease of @p part that waited has been helped otherwise.
  void leave_queue(pool_part& part);

  /// How many leases wait for a place, on all loops.
  std::size_t queued() const noexcept { return queued_.load(std::memory_order_relaxed); }

  /// Whether a lease of another loop waits longer than one here that waits @p since, by
  /// `other_loops_wait_max`.
  bool others_come_first(const pool_part& here, net::time_point since) const;

  /// Has the other loops give up idle connections, as long as somebody waits for a place.
  void ask_others(const pool_part& here);

  // -- what depends on the type of the connections ------------------------------------------------

  virtual pool_item* make_item(pool_part& part, connection_core& dialed) = 0;
  virtual task<result<void>> run_hook(pool_hook which, pool_item& on) = 0;

 protected:
  virtual ~pool_state();

 private:
  struct waiting_part {
    pool_part* part;
    net::time_point since;
  };

  const std::string uri_;
  const pool_limits limits_;
  const std::shared_ptr<const dial_options> how_;
  const bool has_reset_;
  std::vector<std::unique_ptr<pool_part>> parts_;  // by loop
  std::atomic<std::uint32_t> references_{1};
  std::atomic<std::size_t> queued_{0};
  std::atomic<bool> closed_{false};
  mutable std::mutex mutex_;  // guards the rest
  std::size_t open_ = 0;      // places that are taken, or on their way to a part
  std::deque<waiting_part> queue_;
};

}  // namespace actornet::detail

#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>

#include "actornet/detail/lease_wait.hpp"
#include "actornet/detail/pool_state.hpp"
#include "actornet/outgoing.hpp"
#include "actornet/pool_options.hpp"
#include "actornet/runtime.hpp"

namespace actornet {

namespace detail {

template <class Peer>
struct pooled final : pool_item {
  pooled(pool_part& of, connection_core& core) : pool_item(of, core), peer(core) {}
  outgoing<Peer> peer;
};

template <class Peer>
class typed_pool final : public pool_state {
 public:
  typed_pool(net::multiplexer& loops, std::string_view uri, pool_options<Peer>&& options)
      : pool_state(loops, std::string(uri), options.limits, std::move(options.dial),
                   static_cast<bool>(options.reset), static_cast<bool>(options.heartbeat)),
        reset_(std::move(options.reset)),
        heartbeat_(std::move(options.heartbeat)) {}

  pool_item* make_item(pool_part& part, connection_core& dialed) override {
    return new pooled<Peer>(part, dialed);
  }
  task<result<void>> run_hook(pool_hook which, pool_item& on) override {
    Peer& peer = static_cast<pooled<Peer>&>(on).peer;
    return which == pool_hook::reset ? reset_(peer) : heartbeat_(peer);
  }

 private:
  const typename pool_options<Peer>::hook reset_;
  const typename pool_options<Peer>::hook heartbeat_;
};

}  // namespace detail

/// A connection of a pool for as long as this lives; then it goes back. Move-only, loop-bound. To
/// use it after it was given back, discarded or moved from is a bug that is asserted.
template <class Peer>
class leased {
 public:
  explicit leased(detail::pool_item& item) noexcept
      : item_(static_cast<detail::pooled<Peer>*>(&item)) {}
  leased(leased&& other) noexcept : item_(std::exchange(other.item_, nullptr)) {}
  leased& operator=(leased&& other) {
    if (this != &other) {
      give_back();
      item_ = std::exchange(other.item_, nullptr);
    }
    return *this;
  }
  ~leased() { give_back(); }

  /// The connection; not to be kept beyond the lease, nor are its chunks.
  Peer& operator*() const noexcept {
    assert(item_ && "a lease was used after its connection was given back");
    return item_->peer;
  }
  Peer* operator->() const noexcept { return &**this; }

  /// Whether there is a connection still.
  explicit operator bool() const noexcept { return item_ != nullptr; }

  /// Gives the connection back now. Idempotent.
  void give_back() {
    if (auto* const item = std::exchange(item_, nullptr))
      item->part().give_back(*item);
  }

  /// The connection is good for nothing, whatever it looks like: closes it now. Idempotent.
  void discard() {
    if (auto* const item = std::exchange(item_, nullptr))
      item->part().discard(*item, pool_discard::requested);
  }

 private:
  detail::pooled<Peer>* item_;
};

/// A lease that a task awaits; see `connection_pool::lease`.
template <class Peer>
class [[nodiscard("co_await it")]] lease_operation final : public detail::lease_wait {
 public:
  using lease_wait::lease_wait;
  result<leased<Peer>> await_resume() noexcept {
    if (!item_)
      return error_;
    return leased<Peer>(*item_);
  }
};

/// Connections to one address that tasks borrow, use and give back, instead of making one each. The
/// policy: an idle connection of the task's loop is handed out, the one used last first; else,
/// below `open_max`, a new one is made; else the task waits for one, first come first served, or
/// fails. `open_max` counts over all loops, but a connection stays on its loop: when a task waits
/// on a loop and the place is on another, that one closes an idle connection (or the next that is
/// given back, if it can do without) and a new one is made.
///
/// A connection that is given back must have no unread input, an open stream and nobody waiting at
/// it, else it is closed at once, as is an idle one at which something comes or which ends. It is
/// then run through `reset` if there is that. Idle ones are closed after 30 s (`idle_timeout`). A
/// connection that is closed but not broken ends in order, and may linger after its place is free.
///
/// When the runtime drains, idle connections close and leases fail with `shutting_down`; those that
/// are leased close when they are given back.
///
/// `lease` on loops of the runtime; `close`, `statistics` from any thread. A pool must be destroyed
/// before its runtime and outlive the waits for its leases, but not the leases.
template <detail::connection_view Peer>
class connection_pool {
 public:
  connection_pool(runtime& on, std::string_view uri, pool_options<Peer> options = {})
      : state_(new detail::typed_pool<Peer>(on.loops(), uri, std::move(options))) {}
  ~connection_pool() {
    state_->close();
    state_->release();
  }
  connection_pool(const connection_pool&) = delete;
  connection_pool& operator=(const connection_pool&) = delete;

  /// `co_await pool.lease(deadline)` gives `result<leased<Peer>>`. Waits until the earlier of
  /// @p deadline and the task's own. Errors: `timed_out`; `connections_exhausted` (at `open_max`,
  /// and it may not wait); `mailbox_full` (`waiting_max` wait already); those of `dial`;
  /// `closed_locally` (the pool was closed); `shutting_down`; `cancelled` or why else the task is
  /// to stop.
  lease_operation<Peer> lease(net::time_point deadline = net::never) noexcept {
    return lease_operation<Peer>(*state_, deadline);
  }

  /// Closes what is idle, fails the leases that wait and all later ones with `closed_locally`;
  /// leased connections are closed when they are given back. Idempotent.
  void close() { state_->close(); }

  pool_statistics statistics() const { return state_->statistics(); }

 private:
  detail::pool_state* state_;
};

}  // namespace actornet

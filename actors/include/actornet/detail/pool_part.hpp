#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "actornet/detail/connection_core.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/net/counters.hpp"
#include "actornet/pool_options.hpp"
#include "actornet/result.hpp"

namespace actornet::detail {

class lease_wait;
class pool_part;
class pool_state;

enum class pool_hook : std::uint8_t { reset, heartbeat };

/// A connection of a pool: leased, or idle (watched, in its part's list), or a hook runs on it.
class pool_item : private idle_watch {
 public:
  pool_item(pool_part& of, connection_core& core);
  pool_item(const pool_item&) = delete;
  pool_item& operator=(const pool_item&) = delete;
  virtual ~pool_item() = default;

  pool_part& part() noexcept { return part_; }

 private:
  friend class pool_part;

  void on_disturbed() override;
  void on_hook_end();  // inside the hook's last resume
  void hook_over();

  pool_part& part_;
  connection_core& core_;  // its subclass holds it
  pool_item* newer_ = nullptr;
  pool_item* older_ = nullptr;
  const net::time_point expires_at_;
  net::time_point idle_since_{};
  net::time_point heartbeat_at_ = net::never;
  bool idle_ = false;
  pool_hook hook_{};
  std::optional<task_context> hook_context_;  // while a hook runs
  task<result<void>> hook_task_;
};

/// What one loop has of a connection pool: its idle connections, used last first out, and its tasks
/// that wait, first come first served. Loop-bound, but for `counted`, `post_…`.
///
/// Invariants: nobody waits while a connection is idle; who waits stands in the state's queue, or a
/// place is on its way here.
class pool_part : private drain_listener {
 public:
  pool_part(pool_state& of, net::loop& home);
  ~pool_part();
  pool_part(const pool_part&) = delete;
  pool_part& operator=(const pool_part&) = delete;

  net::loop& home() noexcept { return home_; }

  // -- leases -------------------------------------------------------------------------------------

  /// The idle connection used last, or null.
  pool_item* take_idle();

  /// Why nothing is leased any more; `errc{}` while it is.
  errc refusal() const;

  /// Dials for @p lease or has it wait. False when it is refused: its error says why.
  bool admit(lease_wait& lease);

  /// The lease gives up waiting for others to end.
  void forget(lease_wait& lease);

  /// The lease's dial came to nothing, or gives it a connection: an item that is leased.
  void dial_over();
  pool_item* dialed(connection_core& core);

  void give_back(pool_item& item);
  void discard(pool_item& item, pool_discard why);

  // -- from any thread ----------------------------------------------------------------------------

  void post_place();  ///< it has one more place
  void post_asked();  ///< others wait for places
  void post_close();

  /// Whether it has connections or leases that wait.
  bool in_use() const noexcept { return in_use_.load(std::memory_order_acquire); }

  struct {
    net::counter idle, leased, waiting;  // what is there now
    net::counter leases, waited, timed_out, created, failed;
    std::array<net::counter, std::tuple_size_v<decltype(pool_statistics::discarded)>> discarded;
  } counted;

 private:
  friend class pool_item;

  void on_drain() override { end(errc::shutting_down); }
  void end(errc why);
  void on_place();
  void on_asked();
  void on_close() { end(errc::closed_locally); }
  void on_sweep();

  bool healthy(const pool_item& item) const noexcept;
  void use_again(pool_item& item);
  void serve_first(pool_item& item);
  void put_idle(pool_item& item);
  void unlink(pool_item& idle) noexcept;
  pool_item* first_due() const noexcept;
  net::time_point due(const pool_item& idle) const noexcept;
  void look_after(const pool_item& idle);
  void begin_hook(pool_item& item, pool_hook which);
  void end_hook(pool_item& item, bool well);
  void unqueue(lease_wait& lease) noexcept;

  template <auto Work>
  void post();
  void begin_use();  // one more connection, dial or lease that waits
  void end_use();    // may be the end of all

  connection_table& table() { return connection_table::of(home_); }

  pool_state& state_;
  net::loop& home_;
  pool_item* newest_ = nullptr;
  pool_item* oldest_ = nullptr;
  lease_wait* first_ = nullptr;
  lease_wait* last_ = nullptr;
  std::size_t waiting_ = 0;
  std::size_t uses_ = 0;
  errc ended_{};
  net::timer sweep_{net::entry_of<&pool_part::on_sweep>(*this)};
  net::time_point sweep_at_ = net::never;
  std::atomic<bool> in_use_{false};
  std::atomic<bool> asked_{false};
};

}  // namespace actornet::detail

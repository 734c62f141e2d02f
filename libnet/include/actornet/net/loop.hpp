#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "actornet/net/backend.hpp"
#include "actornet/net/block_pool.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/net/counters.hpp"
#include "actornet/net/entry.hpp"
#include "actornet/net/run_queue.hpp"
#include "actornet/net/timer_wheel.hpp"

namespace actornet::net {

class blocking_pool;

/// Something with output to flush at the end of the turn, in a loop's intrusive list.
class flushable {
 public:
  virtual void flush() = 0;

 protected:
  ~flushable() = default;

 private:
  friend class loop;
  flushable* next_flush_ = nullptr;
  bool flush_pending_ = false;
};

/// Where a loop finds work of its siblings, and tells them of its own. Implemented by the
/// multiplexer; a loop that stands alone has none. Thread-safe.
class work_sharing {
 public:
  /// Loops that sleep; maintained by the loops themselves.
  std::atomic<int> sleepers{0};

  /// Wakes one sleeping loop to search for work, unless one searches already.
  virtual void wake_a_sleeper(loop& from) = 0;

  /// Moves waiting work of a sibling to @p thief. False when there was none.
  virtual bool find_work(loop& thief) = 0;

 protected:
  ~work_sharing() = default;
};

/// Told once when a sleeping loop wakes up; see `loop::notify_on_wake`. Called on that loop.
class wake_listener {
 public:
  virtual void on_wake() = 0;

 protected:
  ~wake_listener() = default;
};

/// Poller, scheduler and timers of one thread ("the poller inside the scheduler").
///
/// A turn: run a bounded batch of ready entries; flush the output they made; fire due timers; wait
/// in the backend for the next event or deadline, or only look when work is left.
///
/// Thread safety: `post`, `stop`, `share`, `index` and the counters from any thread; everything
/// else only on the loop's own thread (`in_loop()`).
class loop {
 public:
  static constexpr std::size_t batch_entries_max = 256;  ///< entries of one turn
  static constexpr std::size_t read_buffer_bytes = 64 * 1024;
  static constexpr std::size_t spare_wire_bytes_max = 32 * 1024;  ///< see take_wire
  static constexpr unsigned run_next_max = 32;       ///< run-next hand-offs before the queue's turn
  static constexpr std::size_t flush_early_max = 2;  ///< connections with output; see flush_later
  static constexpr std::size_t flush_many = 32;      ///< connections with output; see flush_if_many
  static constexpr unsigned credits_per_resume = 128;
  static constexpr duration share_after = std::chrono::microseconds(100);  ///< see enqueue_shared

  explicit loop(std::unique_ptr<backend> driver, std::size_t index = 0,
                work_sharing* siblings = nullptr);
  ~loop();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  // -- from any thread ----------------------------------------------------------------------------

  /// Adds an entry from outside; wakes the loop when it sleeps: at once, or, called on another
  /// loop, when the entry that runs there returns. On the loop's own thread it is the same as
  /// `enqueue`. Entries of one thread run in order.
  void post(entry work);

  /// Makes `run` return after its current turn.
  void stop();

  std::size_t index() const noexcept { return index_; }
  bool in_loop() const noexcept { return current() == this; }

  /// Connections on this loop: the acceptor hands a new one to the loop with the fewest.
  std::atomic<std::size_t> connection_count{0};

  /// Written by this loop's thread only, read by any.
  counters counted;

  /// The loop whose turn the calling thread is in, or null.
  static loop* current() noexcept;

  // -- on the loop's thread -----------------------------------------------------------------------

  /// Appends to the run queue.
  void enqueue(entry work) { queue_.push(work); }

  /// Hands over to @p work: it runs next, before the queue (a chain of `run_next_max` at most).
  void enqueue_next(entry work);

  /// Appends work that any sibling may take (plain actors: they own no socket, timer or frame).
  void enqueue_shared(entry work);

  /// The same, handed over as by `enqueue_next`; siblings may take it once something else is.
  void enqueue_shared_next(entry work);

  /// Runs `flush` once: as soon as the present hand-over chain ends while few have output, so that
  /// a reply leaves while its connection is in the cache; at the end of the turn while many have,
  /// so that what else they get in this turn goes into the same write.
  void flush_later(flushable& output) noexcept;

  /// Runs what waits for the end of the turn if many have output. For who gives output to one
  /// connection after the other, between two of them: so each is sent while it is in the cache, and
  /// what it was copied to is used again for the next.
  void flush_if_many() {
    if (flush_count_ >= flush_many)
      flush_between();
  }

  /// Takes @p output out of the list again; for its destructor.
  void cancel_flush(flushable& output) noexcept;

  timer_wheel& timers() noexcept { return timers_; }

  /// The time of the current turn; one clock read a turn. `fresh_now` reads the clock.
  time_point now() const noexcept { return now_; }
  time_point fresh_now() { return now_ = driver_->now(); }
  std::uint64_t random() { return driver_->random(); }

  /// The date; reads the clock.
  wall_time wall_now() { return driver_->wall_now(); }
  backend& driver() noexcept { return *driver_; }

  /// The buffer that reads go to; what is in it is only valid until the reader returns.
  std::span<std::byte> read_buffer() noexcept { return {read_buffer_.get(), read_buffer_bytes}; }
  block_pool& blocks() noexcept { return blocks_; }

  /// An empty vector that may have room already, for what a filter makes of output; and its way
  /// back when all of that is sent. One connection after the other uses the same.
  std::vector<std::byte> take_wire() noexcept { return std::exchange(spare_wire_, {}); }
  void give_back_wire(std::vector<std::byte>&& wire) noexcept {
    if (wire.capacity() > spare_wire_bytes_max)
      return;
    spare_wire_ = std::move(wire);
    spare_wire_.clear();
  }

  /// Awaits that may complete at once before the running task must yield (see flow/task.hpp).
  unsigned& credit() noexcept { return credit_; }

  /// What an upper layer keeps per loop; set before the loop runs, read on its thread.
  void set_companion(void* companion) noexcept { companion_ = companion; }
  void* companion() const noexcept { return companion_; }

  /// The same for the layer between: its connection table.
  void set_runtime(void* table) noexcept { runtime_ = table; }
  void* runtime() const noexcept { return runtime_; }

  /// Threads for work that would block the loop; null when it has none. Set before the loop runs.
  void set_blocking(blocking_pool* pool) noexcept { blocking_ = pool; }
  blocking_pool* blocking() const noexcept { return blocking_; }

  /// Names what runs, for the stall watchdog, until the entry that runs returns; @p name must live
  /// forever.
  void set_label(const char* name) noexcept { label_.store(name, std::memory_order_relaxed); }

  /// One turn. Waits for events when @p may_wait and nothing is ready. True when it ran something.
  bool turn(bool may_wait);

  /// Whether a turn would run something without an event of the backend.
  bool has_work() const noexcept;

  /// Turns until `stop`.
  void run();

  // -- for the multiplexer and the watchdog; from any thread --------------------------------------

  /// Takes all entries with this @p function out of the queues and gives their contexts to @p
  /// dispose.
  /// @pre the loop does not run
  void remove_entries(void (*function)(void*), const std::function<void(void*)>& dispose);

  /// Moves half of the shared work to @p thief, whose thread calls this. False when none waits.
  bool give_work_to(loop& thief);

  /// Since when there has always been shared work waiting here; `never` when none does. Each entry
  /// may wait for less: a loop that cannot empty its queue needs help however short its entries
  /// are.
  time_point shared_since() const noexcept {
    return time_point(duration(shared_since_.load(std::memory_order_relaxed)));
  }

  /// Wakes the loop to search for work of its siblings. False when it does not sleep.
  bool wake_to_search();

  const char* label() const noexcept { return label_.load(std::memory_order_relaxed); }

  /// Changes with each turn; odd while the loop sleeps or does not `run`.
  std::uint64_t turns() const noexcept { return turns_.load(std::memory_order_seq_cst); }

  /// Calls @p listener when the loop next wakes from a sleep; null takes that back.
  void notify_on_wake(wake_listener* listener) noexcept { wake_listener_.store(listener); }

 private:
  void look_for_events(bool may_wait);
  void sleep();
  void awake();
  void wake_soon();
  void wake_others();
  void take_posted();
  std::size_t run_batch();
  entry next_entry();
  bool hands_over();
  entry take_shared();
  void count_shared() noexcept;
  void put_back_next();
  void share_if_waiting();
  void flush_all();
  void flush_between();
  void count_turns(std::uint64_t by) noexcept {
    turns_.store(turns_.load(std::memory_order_relaxed) + by, std::memory_order_seq_cst);
  }

  std::unique_ptr<backend> driver_;
  std::size_t index_;
  work_sharing* siblings_;
  const bool chooses_;  // a simulator picks the order
  run_queue queue_;
  entry run_next_;
  bool run_next_shared_ = false;
  unsigned run_next_chain_ = 0;
  unsigned credit_ = 0;
  void* companion_ = nullptr;
  void* runtime_ = nullptr;
  blocking_pool* blocking_ = nullptr;
  time_point now_;
  timer_wheel timers_;
  block_pool blocks_;
  std::unique_ptr<std::byte[]> read_buffer_;
  std::vector<std::byte> spare_wire_;
  flushable* flush_first_ = nullptr;
  flushable* flush_last_ = nullptr;
  std::size_t flush_count_ = 0;

  std::mutex shared_mutex_;  // the work siblings may take
  run_queue shared_;
  std::atomic<std::size_t> shared_size_{0};
  std::atomic<duration::rep> shared_since_{never.time_since_epoch().count()};
  bool shared_turn_ = false;  // the two queues take turns

  std::mutex posted_mutex_;  // guards posted_ and the decision to sleep
  std::vector<entry> posted_;
  std::vector<entry> taken_;    // keeps its capacity between turns
  std::vector<loop*> to_wake_;  // those that the running entry posted to; empty between entries
  std::atomic<bool> has_posted_{false};
  bool asleep_ = false;  // under posted_mutex_
  std::atomic<bool> search_{false};
  std::atomic<bool> stop_{false};
  std::atomic<const char*> label_{nullptr};
  std::atomic<std::uint64_t> turns_{1};
  std::atomic<wake_listener*> wake_listener_{nullptr};
};

}  // namespace actornet::net

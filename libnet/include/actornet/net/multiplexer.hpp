#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "actornet/net/loop.hpp"

namespace actornet::net {

/// Makes the backend of the loop with this index.
using backend_factory = std::function<std::unique_ptr<backend>(std::size_t index)>;

/// The loops of a process and their threads. One loop is one thread.
class multiplexer final : private work_sharing {
 public:
  static constexpr std::size_t loops_max = 256;

  /// @p loop_count 0 means one per core. The loops exist from here on; they run from `start` on.
  explicit multiplexer(std::size_t loop_count = 0, const backend_factory& factory = {});
  ~multiplexer();  ///< stops

  std::size_t size() const noexcept { return loops_.size(); }
  loop& at(std::size_t index) noexcept { return *loops_[index]; }

  /// The loop with the fewest connections. Thread-safe.
  loop& least_loaded() noexcept;

  /// Runs @p enter on each loop's thread, then the loop, then @p leave on that thread.
  void start(std::function<void(loop&)> enter = {}, std::function<void(loop&)> leave = {});

  /// Ends all loops after their current turns and joins their threads. What is queued stays queued.
  void stop();

  /// Whether the threads run.
  bool running() const noexcept { return !threads_.empty(); }

  /// Turns all loops on the calling thread until none has work left, without waiting for events:
  /// for the time before `start`, after `stop`, and for simulations.
  void turn_until_idle();

  /// Cores of this machine that the process may use.
  static std::size_t cores() noexcept;

 private:
  void wake_a_sleeper(loop& from) override;
  bool find_work(loop& thief) override;

  std::vector<std::unique_ptr<loop>> loops_;
  std::vector<std::thread> threads_;
  std::atomic<bool> searching_{false};  // at most one loop is being woken to search at a time
};

}  // namespace actornet::net

#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "actornet/net/multiplexer.hpp"

namespace actornet::net {

/// Reports a turn of a loop that takes longer than its budget, with the name of what runs in it, as
/// a log line: one thread, which parks while all loops are idle.
class watchdog final : private wake_listener {
 public:
  using reporter = std::function<void(std::size_t loop_index, const char* name)>;

  /// @p report replaces the log line (for tests); called on the watchdog's thread.
  watchdog(multiplexer& watched, duration budget, reporter report = {});

  /// @pre the loops do not run (`multiplexer::stop`): one that wakes up may be about to call it
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

 private:
  struct seen {
    std::uint64_t turns = 0;
    unsigned looks = 0;  // at which this turn was found running again
  };
  static constexpr unsigned looks_per_budget = 2;

  void on_wake() override;
  void run();
  bool look();

  multiplexer& watched_;
  const duration budget_;
  reporter report_;
  std::vector<seen> seen_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  bool parked_ = false;
  std::thread thread_;
};

}  // namespace actornet::net

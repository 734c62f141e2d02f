#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/rooms/history.hpp"

namespace actornet::rooms::detail {

/// Brings what is appended to a channel to a live sink on its loop. What comes faster than the loop
/// takes it is left out, and the sink told to start anew.
class follower : public std::enable_shared_from_this<follower> {
 public:
  static constexpr std::size_t queue_max = 4'096;  ///< messages on their way to one sink

  follower(cluster::detail::mailbox& box, live_sink& sink) : box_(box), sink_(&sink) {}

  /// On the sink's loop: it is told nothing more.
  void end() noexcept {
    sink_ = nullptr;
    ended_.store(true);
  }
  bool ended() const noexcept { return ended_.load(); }  ///< from any thread

  /// The channel's newest message is at @p at, and the sink need not see what was before. From any
  /// thread, as the next two; the caller sees to their order.
  void start(const position& at);
  void append(const message_ref& next);
  void fail(errc reason);

 private:
  cluster::detail::mailbox& box_;
  live_sink* sink_;  // its loop's
  std::atomic<bool> ended_{false};
  std::mutex mutex_;
  std::size_t waiting_ = 0;
  bool starting_ = false;  // `start` is on its way; what comes before it arrives only moves it
  position start_;
};

}  // namespace actornet::rooms::detail

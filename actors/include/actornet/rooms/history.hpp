#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "actornet/cluster/operation.hpp"
#include "actornet/cluster/subscription.hpp"
#include "actornet/result.hpp"
#include "actornet/rooms/message.hpp"
#include "actornet/rooms/position.hpp"

namespace actornet::rooms {

/// What came of a message handed to a history.
struct appended {
  position at;
  bool again = false;  ///< the user's id was there before; `at` is where it was put then
};

/// A piece of a channel.
struct history_page {
  std::vector<message_ref> messages;  ///< oldest first, without a hole
  position newest;                    ///< of the channel; offset 0: it never had a message
  std::uint64_t first_kept = 1;       ///< offset of the oldest message there is; newest + 1: none
};

/// Follows a channel. Called on the loop that subscribed, never inside a call of the history.
class live_sink {
 public:
  /// First: from where on it follows. Also when messages were left out: they can be read.
  virtual void on_start(const position& newest) = 0;

  /// Each message after that, in order.
  virtual void on_message(const message_ref& next) = 0;

  /// The channel cannot be followed; the last call. `unavailable`, `channels_exhausted`.
  virtual void on_failed(std::error_code reason) = 0;

 protected:
  ~live_sink() = default;
};

/// Limits of each channel of a history, and of what it remembers to notice retries. Zero switches a
/// limit off, except for `messages_max`: then nothing is kept.
struct retention {
  std::size_t messages_max = 1'000;
  std::size_t bytes_max = 4 * 1024 * 1024;  ///< users, ids and bodies
  std::int64_t age_max_ms = 24 * 60 * 60 * std::int64_t{1000};
  std::size_t ids_max = 1'000;  ///< the newest so many messages' ids
  std::int64_t ids_age_max_ms = 10 * 60 * std::int64_t{1000};
};

/// Messages in channels, each a total order. Answers come on the loop that asks.
///
/// Thread-safe: every call from the turn of any loop. It must outlive its subscriptions, and is
/// destroyed while no loop that used it is in a turn on another thread.
class history {
 public:
  using append_done = std::function<void(result<appended>)>;
  using read_done = std::function<void(result<history_page>)>;

  static constexpr std::size_t page_messages_max = 256;      ///< that one read gives
  static constexpr std::size_t page_bytes_max = 256 * 1024;  ///< the same; one message at least

  virtual ~history() = default;

  /// Gives @p what the next position of @p channel. A success means: all who read or follow the
  /// channel see it, and it is as safe as this history makes it. Appends of one loop to one channel
  /// keep their order. Errors: `unavailable` (it could not be kept, or too much waits);
  /// `channels_exhausted`.
  virtual cluster::operation append(std::string_view channel, draft what, append_done done) = 0;

  /// The oldest messages with offsets greater than @p after, at most @p count.
  /// Error: `unavailable`.
  virtual cluster::operation read_after(std::string_view channel, std::uint64_t after,
                                        std::size_t count, read_done done) = 0;

  /// The newest messages with offsets less than @p before, at most @p count.
  /// Error: `unavailable`.
  virtual cluster::operation read_before(std::string_view channel, std::uint64_t before,
                                         std::size_t count, read_done done) = 0;

  /// Has @p sink follow @p channel until the subscription is destroyed.
  virtual cluster::subscription live(std::string_view channel, live_sink& sink) = 0;
};

}  // namespace actornet::rooms

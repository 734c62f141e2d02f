#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "actornet/cluster/operation.hpp"
#include "actornet/cluster/subscription.hpp"
#include "actornet/net/loop.hpp"
#include "actornet/net/output_queue.hpp"
#include "actornet/result.hpp"

namespace actornet::rooms {

/// What stands in a shared log. Numbers grow along a channel, with holes: channels share them.
struct log_record {
  std::uint64_t number = 0;
  std::uint64_t before = 0;  ///< of the channel's record before it, 0: none; followers are told it
  net::shared_bytes payload;
};

/// The end of a channel, as that place knows it which decides on appends.
struct log_end {
  std::uint64_t number = 0;  ///< of its newest record; 0: it has none
  std::uint64_t log = 0;     ///< which log it is: another number if it was made anew
};

/// What came of a record handed to a log.
struct log_appended {
  std::uint64_t number = 0;  ///< of the record; refused: of the channel's newest
  bool refused = false;      ///< the newest was not the expected one; nothing was appended
};

/// Follows a channel of a log; on the log's loop, never inside a call of the log.
class log_follower {
 public:
  /// A record that was just appended. Any of them may be left out, or come twice.
  virtual void on_record(const log_record& next) = 0;

  /// Records may have been left out: the way to the log was interrupted and is there again.
  virtual void on_interrupted() = 0;

 protected:
  ~log_follower() = default;
};

/// An append-only log of records in channels that several processes share, which appends to a
/// channel only behind the record that the writer has seen last. Everything on the turn of one
/// loop, its `home`; answers come there, once, never inside the call.
///
/// Errors of all operations: `disconnected`, `timed_out`, `unavailable`, `mailbox_full`. After one
/// of them a record may have been appended or not, or may be later.
class shared_log {
 public:
  using end_done = std::function<void(result<log_end>)>;
  using record_done = std::function<void(result<std::optional<log_record>>)>;
  using append_done = std::function<void(result<log_appended>)>;

  static constexpr std::size_t payload_bytes_max = 512 * 1024;

  virtual ~shared_log() = default;

  virtual net::loop& home() noexcept = 0;

  /// Unix time in milliseconds by the log's clock, as well as it is known here.
  virtual std::int64_t date_ms() = 0;

  virtual cluster::operation end_of(std::string_view channel, end_done done) = 0;

  /// The oldest record of @p channel whose number is @p number or more. None: there is none, or it
  /// did not get yet to where it was looked for.
  virtual cluster::operation read(std::string_view channel, std::uint64_t number,
                                  record_done done) = 0;

  /// Appends @p payload if the newest record of @p channel is @p expected (0: it has none).
  virtual cluster::operation append(std::string_view channel, std::uint64_t expected,
                                    const net::shared_bytes& payload, append_done done) = 0;

  /// Has @p sink told of records until the subscription is destroyed. What is appended after a
  /// later `end_of` was answered is told, unless it is lost on its way.
  virtual cluster::subscription follow(std::string_view channel, log_follower& sink) = 0;
};

}  // namespace actornet::rooms

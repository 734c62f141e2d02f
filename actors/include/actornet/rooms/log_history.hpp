#pragma once

#include <cstddef>
#include <memory>

#include "actornet/rooms/history.hpp"
#include "actornet/rooms/shared_log.hpp"

namespace actornet::rooms {

/// Limits and habits of a history in a shared log. All processes should have the same `keep`.
struct log_history_options {
  retention keep{};
  std::size_t channels_max = 100'000;              ///< in use in this process: `channels_exhausted`
  std::size_t queue_max = 8'192;                   ///< appends and reads that wait: `unavailable`
  std::size_t queue_bytes_max = 64 * 1024 * 1024;  ///< of appends that wait
  /// An append or a read that the log did not take in that time: `unavailable`. It may happen
  /// later.
  net::duration patience = std::chrono::seconds(15);
  /// A channel that somebody follows is compared with the log's end at least so often: what was
  /// lost on its way and nothing came after it is found then.
  net::duration look_after = std::chrono::seconds(5);
};

/// A history that several processes share through a log. In each process the channels in use are
/// held in memory, as copies of what the log has; offsets are dense because a record is appended
/// only behind the last one that its writer has seen, and says which offsets it has. Appends that
/// wait for a channel go into one record together. Retries are noticed whichever process they come
/// to.
///
/// A channel that nobody uses for `forget_after` is forgotten in this process. Its epoch is made
/// from its first record, so positions hold over restarts and are the same in all processes.
class log_history final : public history {
 public:
  static constexpr net::duration forget_after = std::chrono::seconds(60);
  static constexpr std::size_t record_messages_max = 256;      ///< of one record
  static constexpr std::size_t record_bytes_max = 256 * 1024;  ///< of its messages; one at least

  /// @p log must outlive it. Made anywhere; destroyed while no loop that used it is in a turn on
  /// another thread.
  explicit log_history(shared_log& log, log_history_options options = {});
  ~log_history() override;  ///< what waits may be appended or not, and nobody is told

  cluster::operation append(std::string_view channel, draft what, append_done done) override;
  cluster::operation read_after(std::string_view channel, std::uint64_t after, std::size_t count,
                                read_done done) override;
  cluster::operation read_before(std::string_view channel, std::uint64_t before, std::size_t count,
                                 read_done done) override;
  cluster::subscription live(std::string_view channel, live_sink& sink) override;

  /// Any thread may read them.
  struct counts {
    std::uint64_t records = 0;    ///< appended
    std::uint64_t messages = 0;   ///< in them
    std::uint64_t refused = 0;    ///< records that another process was faster than
    std::uint64_t repaired = 0;   ///< times that records were missing and read from the log
    std::uint64_t malformed = 0;  ///< records that no writer of ours makes; left out
  };
  counts counted() const;

  class state;

 private:
  cluster::operation read(std::string_view channel, std::uint64_t offset, std::size_t count,
                          bool forward, read_done done);

  std::unique_ptr<state> state_;
};

}  // namespace actornet::rooms

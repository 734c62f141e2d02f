#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "actornet/nats/connection.hpp"
#include "actornet/rooms/log_history.hpp"

namespace actornet::nats {

/// How a history stands in JetStream. All nodes of a cluster say the same.
struct nats_history_options {
  rooms::log_history_options log{};
  /// Streams are `<space>_rooms_<shard>`, of the subjects `<space>.rin.<shard>.*`, and what is
  /// stored comes back as `<space>.rout.<shard>.*`. Letters, digits, `-`, `_`.
  std::string space = "actornet";
  std::size_t shards = 16;           ///< streams; never changed while they are there
  std::size_t replicas = 1;          ///< of each stream; 3 in a cluster of three servers or more
  std::size_t stream_bytes_max = 0;  ///< of each; the oldest go. 0: no limit but that of `log.keep`
  net::duration request_timeout = std::chrono::seconds(2);
};

/// A history in streams of JetStream, which several processes share: see `rooms::log_history`.
/// Streams that are there already are taken as they are. As long as they cannot be made or reached,
/// it is `unavailable`.
///
/// Dates are the server's: a node whose clock is wrong gives messages the right time.
class nats_history final : public rooms::history {
 public:
  /// @p over must outlive it. Made on any thread; destroyed while no loop that used it is in a turn
  /// on another thread. Throws `std::system_error` when the options cannot be right.
  explicit nats_history(connection& over, nats_history_options options = {});
  ~nats_history() override;

  cluster::operation append(std::string_view channel, rooms::draft what, append_done done) override;
  cluster::operation read_after(std::string_view channel, std::uint64_t after, std::size_t count,
                                read_done done) override;
  cluster::operation read_before(std::string_view channel, std::uint64_t before, std::size_t count,
                                 read_done done) override;
  cluster::subscription live(std::string_view channel, rooms::live_sink& sink) override;

  rooms::log_history::counts counted() const;

 private:
  std::unique_ptr<rooms::shared_log> log_;
  rooms::log_history kept_;
};

}  // namespace actornet::nats

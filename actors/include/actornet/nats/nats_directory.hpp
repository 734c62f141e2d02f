#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "actornet/cluster/directory.hpp"
#include "actornet/nats/connection.hpp"

namespace actornet::nats {

struct nats_directory_options {
  std::string bucket = "actornet";  ///< letters, digits, `-`, `_`
  int replicas = 1;                 ///< 1, 3 or 5 servers that keep it
  bool in_memory = false;           ///< of the servers, instead of their files
  std::size_t keys_max = 100'000;   ///< of a bucket that is made here: `unavailable`
  std::size_t queue_max = 4'096;    ///< operations that are not answered yet: `unavailable`
  net::duration answer_within = std::chrono::seconds(5);  ///< a server's answer: `timed_out`
  /// How often it is made sure that no change was missed.
  net::duration check_every = std::chrono::seconds(2);
};

/// The directory between processes: a bucket of NATS's key-value store, which is made if there is
/// none. A key `a.b` is the subject `$KV.<bucket>.a.b` (`escaped_subject`), its revision the
/// stream's sequence; a put with an expected revision is compared and set by the stream's leader.
///
/// Every process keeps all keys. It hears of changes from the messages that the stream publishes
/// again (`$KVR.<bucket>.>`) once it has them, and lists the bucket when it connects, when a
/// sequence was left out, and when the stream's last one stays ahead of what was heard.
///
/// Leases: the server has no time to live for one key and tells nobody of an end. So a put says its
/// lease in a header, as a length, not a date. Each process counts it from when it heard of it on
/// its own monotonic clock, and takes the key as gone when it was not told of a new put in that
/// time: first for itself (`get`, `watch`, and a `put` that expects nothing), then for all, by a
/// removal that expects the revision which ended, so that a renewal that was faster stands. Clocks
/// of different processes are never compared. The price: who has just listed a key gives it the
/// whole lease once more, and a process that hears nothing takes keys as gone that are renewed; it
/// puts them right when it hears again.
///
/// `get` asks the server; with several replicas it may be older, for a moment, than what another
/// process was told; compare-and-set never is. Errors beside the contract's: `disconnected`,
/// `timed_out` (it may have been done), `unavailable` (also: the servers have no JetStream or no
/// leader now).
class nats_directory final : public cluster::directory {
 public:
  /// @p over outlives it. Destroyed as a connection is, while no loop that used it is in a turn on
  /// another thread. Throws `std::system_error`: `name_invalid` (bucket).
  explicit nats_directory(connection& over, const nats_directory_options& how = {});
  ~nats_directory() override;

  cluster::operation put(std::string_view key, std::string value, std::uint64_t expected,
                         net::duration time_to_live, put_done done) override;
  cluster::operation remove(std::string_view key, std::uint64_t expected, put_done done) override;
  cluster::operation get(std::string_view key, get_done done) override;
  cluster::subscription watch(std::string_view prefix, cluster::directory_sink& sink) override;

  class state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace actornet::nats

#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/history_nats/nats_history.hpp"
#include "actornet/net/timer_wheel.hpp"
#include "server_date.hpp"
#include "stream_words.hpp"

namespace actornet::nats::detail {

/// A shared log in streams of JetStream. Appends name the last sequence of their subject; ends are
/// asked of the stream's leader, records of any replica; what is stored comes back republished.
class jetstream_log final : public rooms::shared_log, private cluster::bus_state_sink {
 public:
  static constexpr net::duration try_again = std::chrono::milliseconds(500);
  static constexpr net::duration make_timeout = std::chrono::seconds(5);

  jetstream_log(connection& over, const nats_history_options& options);
  ~jetstream_log() override;

  net::loop& home() noexcept override { return over_.home(); }
  std::int64_t date_ms() override { return date_.now_ms(); }
  cluster::operation end_of(std::string_view channel, end_done done) override;
  cluster::operation read(std::string_view channel, std::uint64_t number,
                          record_done done) override;
  cluster::operation append(std::string_view channel, std::uint64_t expected,
                            const net::shared_bytes& payload, append_done done) override;
  cluster::subscription follow(std::string_view channel, rooms::log_follower& sink) override;

 private:
  class following;

  struct stream {
    std::uint64_t log = 0;  // 0: not known to be there
    cluster::operation asked{};
    bool asking = false;
  };
  struct place {  // of a channel
    std::size_t shard;
    std::string token;
  };

  void on_state(cluster::bus_state now) override;
  void look();
  void make(std::size_t shard);
  void describe(std::size_t shard);
  void take_stream(std::size_t shard, const result<message>& answer);
  void doubt(std::size_t shard);
  bool ready(std::size_t shard) const noexcept { return over_.up() && streams_[shard].log != 0; }
  place place_of(std::string_view channel) const;

  /// Asks the stream of @p shard; @p read makes a result of the answer.
  template <class Answer, class Read>
  cluster::operation ask(std::size_t shard, message what, std::function<void(Answer)> done,
                         Read read);

  connection& over_;
  const nats_history_options options_;
  const stream_names names_;
  std::vector<stream> streams_;
  server_date date_;
  std::set<following*> followers_;
  net::timer again_{net::entry_of<&jetstream_log::look>(*this)};
  cluster::subscription watches_;
  cluster::detail::mailbox box_;
  bool said_ = false;  // that streams cannot be made
};

}  // namespace actornet::nats::detail

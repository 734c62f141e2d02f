#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/cluster/nodes.hpp"
#include "actornet/log.hpp"
#include "actornet/net/token_bucket.hpp"
#include "attention.hpp"
#include "membership.hpp"
#include "node_codec.hpp"
#include "node_watchers.hpp"
#include "standing_judge.hpp"

namespace actornet::cluster {

/// Membership, judge and watchers on a loop and a bus.
class nodes::state final : bus_sink, bus_state_sink, detail::membership_sink {
 public:
  state(net::loop& home, bus& between, node_info self, nodes_options options);

  const node_info& self() const noexcept { return given_; }
  void drain();
  result<void> set_attributes(std::map<std::string, std::string> attributes);
  void leave();
  standing now() const;
  std::vector<node_info> up() const;
  nodes_counts counts() const;

  template <class Watcher>
  void add(const std::shared_ptr<Watcher>& added);
  template <class Watcher>
  void remove(const std::shared_ptr<Watcher>& gone);
  detail::mailbox& box_here() { return boxes_.here(); }

 private:
  void start();
  void on_published(const net::shared_bytes& payload) override;
  void on_lagged(std::uint64_t lost) override;
  void on_state(bus_state now) override;
  void on_up(const node_info& node, std::uint64_t life) override;
  void on_down(const node_info& node, down_reason why) override;
  void on_changed(const node_info& node) override;

  void hear(const detail::heartbeat& beat);
  void hear(const detail::goodbye& bye);
  void hear(const detail::refusal& what);
  void hear_namesake(const detail::heartbeat& beat);
  void count(detail::heard what);
  void refuse(const node_info& node, bool incompatible);

  void on_tick();
  void on_beat();
  void beat_soon();
  void ask_probe();
  void send_goodbye();
  void judge();
  void note(log_level level, const std::string& line);
  net::duration attentive() const { return attention_.at(home_.now()); }

  std::vector<std::shared_ptr<detail::node_watcher>>& those(const detail::node_watcher&) {
    return watchers_;
  }
  std::vector<std::shared_ptr<detail::standing_watcher>>& those(const detail::standing_watcher&) {
    return standing_watchers_;
  }
  void begin(detail::node_watcher& added);
  void begin(detail::standing_watcher& added);

  net::loop& home_;
  bus& between_;
  const nodes_options options_;
  const node_info given_;

  mutable std::mutex mutex_;  // guards from here
  node_info told_;
  detail::membership peers_;
  detail::standing_judge judge_;
  nodes_counts counts_;
  std::vector<std::shared_ptr<detail::node_watcher>> watchers_;
  std::vector<std::shared_ptr<detail::standing_watcher>> standing_watchers_;
  bool left_ = false;  // to here

  // The home loop's.
  detail::attention attention_;
  net::time_point began_{};
  net::time_point beaten_{};
  std::uint64_t number_ = 0;
  net::token_bucket log_lines_;
  net::token_bucket refusals_;
  subscription hears_;
  subscription hears_state_;
  operation probing_;
  bool probe_open_ = false;
  net::time_point probe_began_{};
  detail::mailboxes boxes_;
  detail::mailbox home_box_;
  net::timer tick_{net::entry_of<&state::on_tick>(*this)};
  net::timer beat_{net::entry_of<&state::on_beat>(*this)};
};

template <class Watcher>
void nodes::state::add(const std::shared_ptr<Watcher>& added) {
  const std::lock_guard guard(mutex_);
  begin(*added);
  those(*added).push_back(added);
}

template <class Watcher>
void nodes::state::remove(const std::shared_ptr<Watcher>& gone) {
  gone->end();
  const std::lock_guard guard(mutex_);
  std::erase(those(*gone), gone);
}

}  // namespace actornet::cluster

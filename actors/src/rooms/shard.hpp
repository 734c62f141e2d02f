#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/cluster/detail/names.hpp"
#include "actornet/net/counters.hpp"
#include "actornet/rooms/registry.hpp"

namespace actornet::rooms::detail {

class room_home;
class room_part;

/// What the shards of a registry share.
struct shared_state {
  history& kept;
  cluster::bus& between;
  const room_options options;
  const permission may;
  const node_place place;
  std::atomic<std::size_t> rooms{0};
  std::atomic<std::uint64_t> lives{0};  // that homes had; see PresenceFrame
};

struct shard_counters {
  net::counter published;
  net::counter published_again;
  net::counter deliveries;
  net::counter gaps;
  net::counter slow_closed;
  net::counter slow_messages_dropped;
  net::counter presence_conflated;
  net::counter typing_dropped;
  net::counter refused;
  net::counter members_came;
  net::counter members_went;
  net::counter presence_sent;
  net::counter presence_refused;
  net::counter presence_wanted;
};

/// The rooms of a loop: the homes it has, and the parts with its members. On its loop, except
/// `request` and `wake`.
class shard final : private cluster::node_sink, private cluster::bus_state_sink {
 public:
  shard(net::loop& on, shared_state& common);
  ~shard();

  /// Hears of other nodes from here on, if there may be some.
  void watch_nodes();

  /// Whether what this life of a node says counts.
  bool is_up(std::string_view node, std::uint64_t boot) const;

  /// Has @p work(shard&) run on this loop. False: too much waits.
  template <class Work>
  bool request(Work work) {
    if (requests_.load(std::memory_order_relaxed) >= common_.options.requests_max)
      return false;
    requests_.fetch_add(1, std::memory_order_relaxed);
    box_.push([this, work = std::move(work)]() mutable {
      requests_.fetch_sub(1, std::memory_order_relaxed);
      work(*this);
    });
    return true;
  }

  /// The same, always: for what is bounded otherwise.
  template <class Work>
  void tell(Work work) {
    box_.push([this, work = std::move(work)]() mutable { work(*this); });
  }

  /// Has the part look into its inbox.
  void wake(const std::shared_ptr<room_part>& part);

  room_home* find_home(std::string_view name);
  room_home* home(std::string_view name);  ///< null: `rooms_exhausted`
  void forget_if_unused(room_home& home);
  void forget_if_unused(std::string_view room);  ///< also when there is none

  std::shared_ptr<room_part> part(std::string_view name, shard& home);
  void forget_if_empty(room_part& part);

  /// Has the part look after those that are behind, again and again.
  void look_again(const std::shared_ptr<room_part>& part);

  net::loop& loop() noexcept { return loop_; }
  shared_state& common() noexcept { return common_; }

  /// Forgets everything. On the loop, or when that does not run.
  void close();

  /// Nothing runs here any more. From another thread than the loop's, or when that does not run.
  void stop() { box_.close(); }

  shard_counters counted;

 private:
  void on_up(const cluster::node_info& node) override;
  void on_down(const cluster::node_info& node, cluster::down_reason why) override;
  void on_state(cluster::bus_state now) override;
  void on_look_again();

  net::loop& loop_;
  shared_state& common_;
  cluster::detail::name_map<std::unique_ptr<room_home>> homes_;
  cluster::detail::name_map<std::shared_ptr<room_part>> parts_;
  std::vector<std::shared_ptr<room_part>> watched_;
  net::timer look_again_{net::entry_of<&shard::on_look_again>(*this)};
  cluster::detail::name_map<std::uint64_t> up_;  // boots of the other nodes
  cluster::subscription nodes_;
  cluster::subscription bus_state_;
  std::atomic<std::size_t> requests_{0};
  cluster::detail::mailbox box_;
};

}  // namespace actornet::rooms::detail

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/directory.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::cluster {

namespace detail {
class embedded_link;
class embedded_network;
}  // namespace detail

/// What goes wrong between the nodes of an `embedded_engine`. Probabilities are 0 to 1. The default
/// is nothing.
struct embedded_faults {
  net::duration delay_min{};  ///< of each thing's way, in one direction; order is kept
  net::duration delay_max{};
  double publish_refused = 0;  ///< `mailbox_full`
  double publish_lost = 0;     ///< for each node
  double publish_lagged = 0;   ///< told as lag, for each subscription
  double request_lost = 0;     ///< not served: `timed_out`
  double answer_lost = 0;      ///< it was done; told is `timed_out`, of histories `unavailable`
  double unavailable = 0;      ///< directories and histories refuse: not done
  double live_lost = 0;        ///< messages of a history that who follows it has to read
  double append_again = 0;     ///< an append comes twice
};

/// A node's ends of the engine. Its bus and directory are as thread-safe as any; what is here from
/// any thread. It must outlive what uses them, must not outlive the engine, and is destroyed while
/// no loop that used it is in a turn on another thread.
class embedded_node {
 public:
  embedded_node(std::shared_ptr<detail::embedded_network> in, std::string name);
  ~embedded_node();
  embedded_node(const embedded_node&) = delete;
  embedded_node& operator=(const embedded_node&) = delete;

  const std::string& name() const noexcept;
  cluster::bus& bus() noexcept;
  cluster::directory& directory() noexcept;

  /// Loses its connection: requests in flight end with `disconnected`, what is on its way is lost,
  /// and all that is tried fails until `reconnect`.
  void disconnect();
  void reconnect();

  /// From here on nothing comes out of it or gets to it, and nothing is answered: the process is
  /// gone. What used it can be destroyed then without a trace; a new node may have the name.
  void crash();

  /// For what stands on it: histories.
  const std::shared_ptr<detail::embedded_link>& link() const noexcept { return link_; }

 private:
  class bus_end;
  class directory_end;

  const std::shared_ptr<detail::embedded_link> link_;
  const std::unique_ptr<bus_end> bus_;
  const std::unique_ptr<directory_end> directory_;
};

/// Several nodes in one process, each with a bus and a directory of its own, and what can go wrong
/// between them, from a seed: so that a program meets it before production. Things that are shared,
/// the directory and histories, are in one place that a partition may cut off.
///
///     embedded_engine engine(loops.at(0), 42);
///     embedded_node ann(engine.network(), "ann");
///     embedded_node bob(engine.network(), "bob");
///     engine.set_faults({.delay_max = 20ms, .publish_lost = 0.01});
///     engine.partition({{"ann"}, {"bob"}});
///
/// The same calls in the same order draw the same numbers: on one thread it replays. Thread-safe;
/// destroyed while no loop that used it is in a turn on another thread.
class embedded_engine {
 public:
  /// Leases are on the timer wheel of @p home.
  embedded_engine(net::loop& home, std::uint64_t seed);
  ~embedded_engine();
  embedded_engine(const embedded_engine&) = delete;
  embedded_engine& operator=(const embedded_engine&) = delete;

  const std::shared_ptr<detail::embedded_network>& network() const noexcept { return network_; }

  void set_faults(const embedded_faults& what);

  /// Nodes of different groups do not hear each other, what is on its way between them is lost.
  /// Directory and histories are with the first group. Nodes that are not named are a group, too,
  /// and those that come later belong to it.
  void partition(const std::vector<std::vector<std::string>>& groups);
  void heal();

 private:
  const std::shared_ptr<detail::embedded_network> network_;
};

}  // namespace actornet::cluster

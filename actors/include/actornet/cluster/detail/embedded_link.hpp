#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "actornet/cluster/detail/delay_line.hpp"
#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/cluster/embedded_engine.hpp"
#include "actornet/cluster/memory_bus.hpp"

namespace actornet::cluster::detail {

/// Told that a node may reach others or others than before; on its loop.
class reach_sink {
 public:
  virtual void on_reach() = 0;

 protected:
  ~reach_sink() = default;
};

/// What a node has on one loop.
class embedded_desk {
 public:
  explicit embedded_desk(net::loop& home) : line(home), box(home) {}

  // On the loop.
  void add(reach_sink& sink) { sinks_.push_back(&sink); }
  void remove(reach_sink& sink) { std::erase(sinks_, &sink); }

  /// From any thread: all sinks are told.
  void look() {
    box.push([this] { tell(); });
  }

 private:
  void tell();

  std::vector<reach_sink*> sinks_;

 public:
  // Destroyed before the sinks: what waits may be one.
  delay_line line;
  mailbox box;
};

/// A node's way to the others and to what is shared. Thread-safe.
class embedded_link {
 public:
  static constexpr std::size_t under_way_max = 256 * 1024;  ///< on the way from one loop

  embedded_link(std::shared_ptr<embedded_network> in, std::string name);
  ~embedded_link();
  embedded_link(const embedded_link&) = delete;
  embedded_link& operator=(const embedded_link&) = delete;

  const std::string& name() const noexcept { return name_; }
  std::uint64_t id() const noexcept { return id_; }
  embedded_network& network() noexcept { return *network_; }

  bool alive() const;
  bool connected() const;
  bool reaches_engine() const;

  void disconnect(bool disconnected);
  void crash();

  /// On the loop whose turn the caller is in: @p work runs once the way is over, maybe at once; not
  /// if the node has crashed then.
  void later(std::uint64_t lane, std::function<void()> work);

  /// The same, never inside this call, after @p pause and without the way.
  void after(net::duration pause, std::function<void()> work);

  /// Whether this fault happens now.
  bool draw(double embedded_faults::*which);
  std::uint64_t new_lane();

  embedded_desk& here();

  /// Tells all that stand on it that its reach may have changed.
  void look();

  /// What gets to this node.
  memory_bus inbox;

 private:
  friend class embedded_network;

  const std::shared_ptr<embedded_network> network_;
  const std::string name_;
  const std::uint64_t id_;
  bool alive_ = true;  // the network's mutex guards these two
  bool disconnected_ = false;
  std::mutex mutex_;
  // In the order of their first use, so that a simulation replays.
  std::vector<std::pair<net::loop*, std::unique_ptr<embedded_desk>>> desks_;
};

}  // namespace actornet::cluster::detail

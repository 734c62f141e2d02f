#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/node_info.hpp"
#include "actornet/cluster/operation.hpp"
#include "actornet/cluster/subscription.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/net/loop.hpp"
#include "actornet/result.hpp"

namespace actornet::cluster {

/// How a node's life ended for those who look at it.
enum class down_reason : std::uint8_t {
  left,      ///< it said goodbye
  silent,    ///< nothing was heard of it for too long: it crashed, or one of us is cut off
  replaced,  ///< its name was started anew
};

const char* to_string(down_reason reason) noexcept;

/// Hears of the other nodes. Called on the loop that watches, never inside a call of `nodes`.
///
/// For one name `on_up` and `on_down` alternate, `on_up` first, each once for a life. A boot that
/// left or was replaced is never told again. One that fell silent may be: it was only cut off, and
/// what was said meanwhile is lost. A life that came and went before this could be told is not.
class node_sink {
 public:
  virtual void on_up(const node_info& node) = 0;
  virtual void on_down(const node_info& node, down_reason why) = 0;

  /// A node that is up drains now, or has other attributes.
  virtual void on_changed(const node_info& /*node*/) {}

 protected:
  ~node_sink() = default;
};

/// What a node knows of its own place.
enum class standing : std::uint8_t {
  joining,   ///< it has not heard of enough others yet
  joined,    ///< it hears of a majority (of two: is there), and its way to the cluster works
  isolated,  ///< it does not: what it knows of others may be old, what it says may be lost
  refused,   ///< the others do not take it: an incompatible schema, or its name was started anew
  left,      ///< it said goodbye
};

const char* to_string(standing now) noexcept;

/// Hears of a node's own standing. Called on the loop that watches, never inside a call of `nodes`.
class standing_sink {
 public:
  /// First what it is, then each change; @p why is for people.
  virtual void on_standing(standing now, std::string_view why) = 0;

 protected:
  ~standing_sink() = default;
};

/// The defaults notice a crash in 3 s (`silent_after` and half an interval) and isolation in 4 s.
struct nodes_options {
  std::string subject = "actornet.nodes";                   ///< of the bus; one for each cluster
  net::duration interval = std::chrono::milliseconds(500);  ///< between two heartbeats
  net::duration silent_after = std::chrono::milliseconds(2500);  ///< without one: `silent`
  net::duration isolated_after = std::chrono::seconds(3);        ///< without a majority, a probe
  net::duration bus_down_after = std::chrono::seconds(1);        ///< not connected: `isolated`

  /// How many nodes there are, for the majority; 0: all that were heard of and have not left. Of
  /// those a silent one is forgotten after `forget_after`, but not while this node is isolated.
  std::size_t size = 0;
  net::duration forget_after = std::chrono::minutes(10);

  /// Asks the engine whether it answers, once an interval, while no other such question is open;
  /// on the home loop. No success for `isolated_after`: isolated. Empty: not asked.
  std::function<operation(std::function<void(result<void>)> done)> probe{};
};

/// What happened so far, and how many there are.
struct nodes_counts {
  std::uint64_t up = 0;  ///< other nodes, now
  std::uint64_t heartbeats_sent = 0;
  std::uint64_t heartbeats_heard = 0;
  std::uint64_t malformed = 0;     ///< garbage, oversize, another version, a bad field
  std::uint64_t replayed = 0;      ///< of a life that ended, or older than what was heard
  std::uint64_t incompatible = 0;  ///< heartbeats of nodes with an incompatible schema
  std::uint64_t over_limit = 0;    ///< heartbeats of nodes beyond `nodes::nodes_max`
  std::uint64_t lagged = 0;        ///< heartbeats that this loop was too slow for
  std::uint64_t stalls = 0;        ///< times this loop was late itself, and judged nobody
  std::uint64_t isolated = 0;      ///< times it was
  std::uint64_t probes_failed = 0;
};

/// Which nodes there are: each says so on the bus from time to time. There is no agreement: two
/// nodes may know different ones for a while. Heartbeats carry no dates: clocks may be wrong.
///
/// Time in which the home loop was late itself (a stall, a stopped process) counts against nobody.
///
/// Thread-safe: `watch`, `watch_standing` from the turn of any loop, and their calls come there;
/// the rest from any thread. Destroyed while no loop that used it is in a turn on another thread;
/// the others notice that as silence unless `leave` came before.
class nodes {
 public:
  static constexpr std::size_t nodes_max = 1'024;  ///< names that are known, up or not
  static constexpr std::size_t info_bytes_max = 4 * 1024;
  static constexpr std::size_t name_bytes_max = 128;
  static constexpr std::size_t ended_boots_max = 16;  ///< of a name that are remembered

  /// Begins at once, in a turn of @p home. Throws std::invalid_argument: no name, boot 0, or more
  /// than the limits.
  nodes(net::loop& home, bus& between, node_info self, nodes_options options = {});
  ~nodes();
  nodes(const nodes&) = delete;
  nodes& operator=(const nodes&) = delete;

  /// As it was given at the start.
  const node_info& self() const noexcept;

  /// Has @p sink hear of the others until the subscription is destroyed: first of those there are.
  subscription watch(node_sink& sink);

  subscription watch_standing(standing_sink& sink);

  /// Tells the others that this node drains.
  void drain();

  /// Replaces the attributes. Error: `message_too_large`.
  result<void> set_attributes(std::map<std::string, std::string> attributes);

  /// Tells the others that this node ends, in a turn of the home loop; after that it hears and says
  /// nothing more. Those that are up here are not told down.
  void leave();

  standing now() const;

  /// The others that are up, by name.
  std::vector<node_info> up() const;

  nodes_counts counts() const;

  class state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace actornet::cluster

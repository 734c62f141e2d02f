#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "actornet/cluster/nodes.hpp"
#include "node_codec.hpp"

namespace actornet::cluster::detail {

/// Told by `membership` of what changed.
class membership_sink {
 public:
  /// @p life counts all that came up.
  virtual void on_up(const node_info& node, std::uint64_t life) = 0;
  virtual void on_down(const node_info& node, down_reason why) = 0;
  virtual void on_changed(const node_info& node) = 0;

 protected:
  ~membership_sink() = default;
};

/// What a heartbeat was.
enum class heard : std::uint8_t {
  good,
  malformed,     ///< the same life with another kind, version or schema
  duplicate,     ///< not newer than what was heard of this life
  ended,         ///< of a life that ended
  older,         ///< of a life that is clearly older than the one that is up
  incompatible,  ///< its schema; what was up under its name before has ended
  over_limit,    ///< there are `nodes_max` others
};

/// When something is heard.
struct moment {
  net::duration attentive;  ///< see `attention`: what silence is measured in
  net::time_point real;
};

/// The other nodes, by name, as heartbeats tell of them. No I/O.
class membership {
 public:
  /// A life that was not heard of before is not believed while another of its name is up that began
  /// so much later: somebody was stopped and goes on. Less could be the way of a message.
  static constexpr net::duration clearly_older = std::chrono::seconds(10);

  membership(const schema_identity& ours, membership_sink& sink) : ours_(ours), sink_(sink) {}

  heard hear(const heartbeat& beat, const moment& now);

  /// False: it was not the life that is known.
  bool leave(const goodbye& bye);

  /// What was not heard of for @p silent_after is silent.
  void expire(net::duration now, net::duration silent_after);

  /// Silent ones that were heard of last before this do not count as known any more.
  void forget(net::duration before);

  /// All are heard as of now: what they said in between was lost here.
  void excuse(net::duration now);

  std::size_t up() const noexcept { return up_; }
  std::size_t heard_since(net::duration since) const;
  std::size_t known() const;  ///< that did not leave and were not forgotten

  template <class Visitor>
  void for_each_up(Visitor visit) const {
    for (const auto& [name, one] : peers_)
      if (one.now == life::up)
        visit(one.node, one.life_number);
  }

 private:
  enum class life : std::uint8_t { none, up, silent, incompatible };
  struct peer {
    node_info node;
    life now = life::none;
    std::uint64_t life_number = 0;
    std::uint64_t number = 0;  // of the last heartbeat
    net::duration heard{};
    net::time_point began{};               // by the listener's time, at the latest
    std::deque<std::uint64_t> ended = {};  // boots, the newest last
  };
  using peers = std::map<std::string, peer, std::less<>>;

  peer* find_or_add(const std::string& name);
  bool make_room();
  heard hear_more(peer& one, const heartbeat& beat, const moment& now);
  heard hear_new(peer& one, const heartbeat& beat, const moment& now);
  heard come(peer& one);
  void end(peer& one, down_reason why);
  void go_down(peer& one, life then, down_reason why);

  const schema_identity ours_;
  membership_sink& sink_;
  peers peers_;
  std::size_t up_ = 0;
  std::uint64_t lives_ = 0;
};

}  // namespace actornet::cluster::detail

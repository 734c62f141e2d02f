#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/cluster/nodes.hpp"

namespace actornet::cluster::detail {

/// A life of a node as this node sees it; another number each time it comes up.
struct seen_life {
  std::uint64_t number = 0;
  node_info node;
};

/// Brings what becomes of nodes to a sink on its loop. What waits is one entry a name: the life
/// that was told, and the one there is now.
class node_watcher : public std::enable_shared_from_this<node_watcher> {
 public:
  node_watcher(mailbox& box, node_sink& sink) : box_(box), sink_(&sink) {}

  /// On the sink's loop.
  void end() noexcept { sink_ = nullptr; }

  void up(const seen_life& now);
  void down(const std::string& name, down_reason why);
  void changed(const node_info& node);

 private:
  struct place {
    std::optional<seen_life> told;
    std::optional<seen_life> now;
    std::optional<down_reason> why;  // what ended the life that was told
    bool changed = false;
    bool waiting = false;
  };

  void tell_later(const std::string& name, place& of);
  void tell(const std::string& name);

  mailbox& box_;
  node_sink* sink_;  // its loop's
  std::mutex mutex_;
  std::map<std::string, place> places_;
};

/// Brings a node's own standing to a sink on its loop.
class standing_watcher : public std::enable_shared_from_this<standing_watcher> {
 public:
  standing_watcher(mailbox& box, standing_sink& sink) : box_(box), sink_(&sink) {}

  /// On the sink's loop.
  void end() noexcept { sink_ = nullptr; }

  void is(standing now, const std::string& why);

 private:
  void tell();

  mailbox& box_;
  standing_sink* sink_;  // its loop's
  std::mutex mutex_;
  std::optional<std::pair<standing, std::string>> next_;
};

}  // namespace actornet::cluster::detail

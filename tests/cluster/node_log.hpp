#pragma once

// Nodes that write down what they are told.

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>

#include "actornet/cluster/nodes.hpp"
#include "actornet/net/loop.hpp"
#include "cluster_support.hpp"

namespace actornet::cluster_test {

using cluster::down_reason;
using cluster::node_info;
using cluster::standing;

/// "a up", "a down silent", "a drains", "a k=v".
class node_log final : public cluster::node_sink {
 public:
  void on_up(const node_info& node) override { told.push_back(node.name + " up"); }
  void on_down(const node_info& node, down_reason why) override {
    told.push_back(node.name + " down " + to_string(why));
  }
  void on_changed(const node_info& node) override {
    std::string line = node.name + (node.draining ? " drains" : "");
    for (const auto& [key, value] : node.attributes)
      line += ' ' + key + '=' + value;
    told.push_back(line);
  }

  lines take() { return std::exchange(told, {}); }

  lines told;
};

/// "joined", "isolated", ... and why it was told last.
class standing_log final : public cluster::standing_sink {
 public:
  void on_standing(standing now, std::string_view because) override {
    told.push_back(to_string(now));
    why = because;
  }

  lines take() { return std::exchange(told, {}); }

  lines told;
  std::string why;
};

inline node_info info_of(std::string name, std::uint64_t boot) {
  node_info node;
  node.name = std::move(name);
  node.boot = boot;
  node.kind = "test";
  node.version = "1.0";
  node.schema = {.fingerprint = 1, .major = 1};
  return node;
}

}  // namespace actornet::cluster_test

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "actornet/cluster/node_info.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/net/output_queue.hpp"

namespace actornet::cluster::detail {

/// nodes.proto's messages, checked: names and boots are there, nothing is over its limit.
struct heartbeat {
  node_info node;
  std::uint64_t number = 0;
  net::duration age{};
  bool first = false;
};

struct goodbye {
  std::string name;
  std::uint64_t boot = 0;
};

struct refusal {
  std::string name;
  std::uint64_t boot = 0;
  bool incompatible = false;  ///< otherwise: replaced
  std::string why;
  std::string by;
};

using nodes_message = std::variant<heartbeat, goodbye, refusal>;

net::shared_bytes encode(const nodes_message& what);

/// Empty: garbage, oversize, another version, a bad field.
std::optional<nodes_message> decode(const net::shared_bytes& payload);

/// Whether it is within the limits of `nodes`.
bool valid(const node_info& node);

}  // namespace actornet::cluster::detail

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "actornet/cluster/nodes.hpp"

namespace actornet::rooms {

/// Which node this process is, where rooms have members on several: then nodes tell each other who
/// is in them, over the bus.
struct node_place {
  std::string name;  ///< at most `cluster::nodes::name_bytes_max`; empty: there is one process
  std::uint64_t boot = 0;  ///< of this life of it: another one for each start, never 0

  /// Has a sink hear which other nodes are up; called on each loop. What is heard of others is
  /// ignored, what a node had is dropped when it goes down. Empty: nobody says that, a node is
  /// there as long as it is heard of.
  std::function<cluster::subscription(cluster::node_sink&)> watch;
};

/// That of a member of @p all, which must outlive the registry.
inline node_place place_of(cluster::nodes& all) {
  return {all.self().name, all.self().boot,
          [&all](cluster::node_sink& sink) { return all.watch(sink); }};
}

}  // namespace actornet::rooms

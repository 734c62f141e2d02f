#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actornet/auth/verifier.hpp"
#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/nodes.hpp"
#include "actornet/net/counters.hpp"
#include "actornet/net/keyed_rate_limiter.hpp"
#include "actornet/net/multiplexer.hpp"
#include "actornet/rooms/registry.hpp"
#include "limits.hpp"

namespace actornet::chat {

/// How a service is set up.
struct service_options {
  chat::limits limits;
  rooms::room_options rooms;
  rooms::permission may;  ///< asked for each join, publish and read; empty: everybody may
  std::optional<auth::verifier> tokens;  ///< empty: users are who they say they are
  std::string server_id;                 ///< another one for each start
  /// A drain asks clients to come back at times spread over so long.
  net::duration reconnect_spread = std::chrono::seconds(5);
};

/// What rooms need. Destroyed from the last to the first.
struct room_backends {
  std::shared_ptr<void> engine;  ///< what the other two need; may be null
  std::unique_ptr<cluster::bus> bus;
  std::unique_ptr<rooms::history> history;
  std::unique_ptr<cluster::nodes> nodes;  ///< null: there is one process
};

/// What the sessions of a chat server share. Thread-safe.
class service {
 public:
  /// @p loops must outlive it.
  service(net::multiplexer& loops, room_backends behind, service_options options);

  /// Alone: with a bus in memory.
  service(net::multiplexer& loops, std::unique_ptr<rooms::history> history,
          service_options options);

  rooms::registry& rooms() noexcept { return rooms_; }
  const rooms::registry& rooms() const noexcept { return rooms_; }
  const service_options& options() const noexcept { return options_; }
  const chat::limits& limits() const noexcept { return options_.limits; }
  bool open_to_all() const noexcept { return !options_.tokens; }

  /// Reads the keys of tokens again; see `auth::verifier::reload`. Not on a loop.
  void reload();

  net::keyed_rate_limiter& by_user() noexcept { return by_user_; }
  net::keyed_rate_limiter& by_address() noexcept { return by_address_; }

  /// What the sessions of a loop count.
  struct counts {
    net::counter welcomed;
    net::counter hellos_refused;  ///< tokens and names
    net::counter rate_limited;
    net::counter commands_refused;  ///< for every other reason
    net::counter tokens_expired;    ///< connections ended because of it
  };

  /// Those of the loop whose turn it is; any thread may read all of them.
  counts& counted_here() noexcept;
  const std::vector<counts>& counted() const noexcept { return counted_; }

 private:
  service_options options_;  // only `reload` changes something: what `tokens` has read
  room_backends behind_;
  rooms::registry rooms_;
  net::keyed_rate_limiter by_user_;
  net::keyed_rate_limiter by_address_;
  std::vector<counts> counted_;
};

}  // namespace actornet::chat

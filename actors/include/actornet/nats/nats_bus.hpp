#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "actornet/cluster/bus.hpp"
#include "actornet/nats/connection.hpp"

namespace actornet::nats {

struct nats_bus_options {
  /// Before every subject; who has another prefix is on another bus.
  std::string prefix = "actornet";
  /// Publishes, requests and answers on their way to the connection's loop: `mailbox_full`.
  std::size_t queue_max = 4'096;
  std::size_t queue_bytes_max = 1024 * 1024;
};

/// The bus between processes: core NATS. A payload to `a.b` is a message to `<prefix>.p.a.b`, a
/// request one to `<prefix>.r.a.b`, which a queue group of its servers takes turns at
/// (`escaped_subject`). It works on the loop of @p over; calls of other loops are posted there.
///
/// Publishes of one loop stay in order, and come after the subscriptions that were made before on
/// any loop of this bus. What is lost with a connection is not sent again.
class nats_bus final : public cluster::bus {
 public:
  /// @p over outlives it. Destroyed as a connection is, while no loop that used it is in a turn on
  /// another thread.
  explicit nats_bus(connection& over, nats_bus_options how = {});
  ~nats_bus() override;

  result<void> publish(std::string_view subject, const net::shared_bytes& payload) override;
  cluster::subscription subscribe(std::string_view subject, cluster::bus_sink& sink) override;
  cluster::subscription serve(std::string_view subject, cluster::bus_server& server) override;
  cluster::operation request(std::string_view subject, const net::shared_bytes& payload,
                             net::duration deadline, request_done done) override;
  cluster::subscription watch_state(cluster::bus_state_sink& sink) override;

  class state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace actornet::nats

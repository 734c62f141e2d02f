#pragma once

#include <memory>
#include <string_view>

#include "actornet/cluster/detail/embedded_link.hpp"
#include "actornet/cluster/embedded_engine.hpp"

namespace actornet::cluster {

/// A node's bus: each node has an inbox of its own, and what is said goes to each on a way of its
/// own.
class embedded_node::bus_end final : public cluster::bus {
 public:
  explicit bus_end(std::shared_ptr<detail::embedded_link> link)
      : link_(std::move(link)), requests_(link_->new_lane()) {}

  result<void> publish(std::string_view subject, const net::shared_bytes& payload) override;
  subscription subscribe(std::string_view subject, bus_sink& sink) override;
  subscription serve(std::string_view subject, bus_server& server) override;
  operation request(std::string_view subject, const net::shared_bytes& payload,
                    net::duration deadline, request_done done) override;
  subscription watch_state(bus_state_sink& sink) override;

 private:
  const std::shared_ptr<detail::embedded_link> link_;
  const std::uint64_t requests_;  // their lane
};

}  // namespace actornet::cluster

#pragma once

#include <memory>

#include "actornet/cluster/bus.hpp"

namespace actornet::cluster {

/// The bus inside a process: a push into the queue of each loop that hears the subject. Servers of
/// a subject take turns. It is always up.
class memory_bus final : public bus {
 public:
  static constexpr std::size_t queue_max = 4'096;  ///< on their way to one subscription or server

  memory_bus();
  ~memory_bus() override;

  result<void> publish(std::string_view subject, const net::shared_bytes& payload) override;
  subscription subscribe(std::string_view subject, bus_sink& sink) override;
  subscription serve(std::string_view subject, bus_server& server) override;
  operation request(std::string_view subject, const net::shared_bytes& payload,
                    net::duration deadline, request_done done) override;
  subscription watch_state(bus_state_sink& sink) override;

  class state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace actornet::cluster

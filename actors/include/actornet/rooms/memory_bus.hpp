#pragma once

#include <memory>

#include "actornet/rooms/bus.hpp"

namespace actornet::rooms {

/// The bus inside a process: a push into the queue of each loop that hears the subject.
class memory_bus final : public bus {
 public:
  static constexpr std::size_t queue_max = 4'096;  ///< on their way to one subscription

  memory_bus();
  ~memory_bus() override;

  result<void> publish(std::string_view subject, const net::shared_bytes& payload) override;
  subscription subscribe(std::string_view subject, bus_sink& sink) override;

  class state;

 private:
  std::unique_ptr<state> state_;
};

}  // namespace actornet::rooms

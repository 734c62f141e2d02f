#include "service.hpp"

#include <cassert>

#include "actornet/cluster/memory_bus.hpp"

namespace actornet::chat {

service::service(net::multiplexer& loops, std::unique_ptr<rooms::history> history,
                 service_options options)
    : service(loops,
              {nullptr, std::make_unique<cluster::memory_bus>(), std::move(history), nullptr},
              std::move(options)) {}

service::service(net::multiplexer& loops, room_backends behind, service_options options)
    : options_(std::move(options)),
      behind_(std::move(behind)),
      rooms_(loops, *behind_.history, *behind_.bus, options_.rooms, options_.may,
             behind_.nodes ? rooms::place_of(*behind_.nodes) : rooms::node_place()),
      by_user_(options_.limits.user),
      by_address_(options_.limits.address),
      counted_(loops.size()) {}

void service::reload() {
  if (options_.tokens)
    options_.tokens->reload();
}

service::counts& service::counted_here() noexcept {
  assert(net::loop::current());
  return counted_[net::loop::current()->index()];
}

}  // namespace actornet::chat

#include "actornet/net/transport.hpp"

#include "actornet/net/loop.hpp"

namespace actornet::net {

void transport::run_owner(loop& on) {
  if (!std::exchange(in_queue_, true))
    on.enqueue(owner_);
}

}  // namespace actornet::net

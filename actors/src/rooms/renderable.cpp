#include "actornet/rooms/renderable.hpp"

namespace actornet::rooms {

renderable::~renderable() {
  const form* next = first_.load(std::memory_order_relaxed);
  while (next)
    delete std::exchange(next, next->next);
}

}  // namespace actornet::rooms

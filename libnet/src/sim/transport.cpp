#include "transport.hpp"

#include <algorithm>
#include <cassert>

namespace actornet::sim {

using status = net::io_result::status;

simulated_transport::simulated_transport(simulated_backend& on, socket connected, descriptor held)
    : backend_(on), descriptor_(std::move(held)), socket_(std::move(connected)) {
  socket_.set_user(this);
  backend_.add(*this);
}

// -- readiness ------------------------------------------------------------------------------------

void simulated_transport::arm_read() {
  assert(!closed_);
  readable_ = false;
  read_armed_ = true;
  look();
}

void simulated_transport::arm_write() {
  assert(!closed_);
  writable_ = false;
  write_armed_ = true;
  look();
}

bool simulated_transport::due() const {
  return (read_armed_ && socket_.read_due()) || (write_armed_ && socket_.write_due());
}

// What is due already may run in this very turn, as with edges that were kept, or after a poll.
void simulated_transport::look() {
  if (!due())
    return;
  const bool at_once =
      backend_.owner()->in_loop() && (!backend_.chooses() || backend_.world().random.below(2) == 0);
  if (at_once)
    deliver();
  else
    backend_.list(*this);
}

void simulated_transport::deliver() {
  if (!due())
    return;  // the owner was faster
  if (read_armed_ && socket_.read_due()) {
    read_armed_ = false;
    readable_ = true;
  }
  if (write_armed_ && socket_.write_due()) {
    write_armed_ = false;
    writable_ = true;
  }
  run_owner(*backend_.owner());
}

// Kinds: 0 without any condition, 1 and 2 a condition that is not true any more.
void simulated_transport::disturb() {
  if (!read_armed_ && !write_armed_)
    return;
  const std::uint64_t kind = backend_.world().random.below(3);
  if (kind == 1 && read_armed_) {
    read_armed_ = false;
    readable_ = true;
  } else if (kind == 2 && write_armed_) {
    write_armed_ = false;
    writable_ = true;
  }
  backend_.world().note(happening::spurious, socket_.id(), 0, kind);
  run_owner(*backend_.owner());
}

// -- bytes ----------------------------------------------------------------------------------------

net::io_result simulated_transport::read_some(std::span<std::byte> into) {
  assert(!closed_);
  const std::size_t bytes = std::min(into.size(), socket_.readable());
  if (bytes > 0)
    into = into.first(backend_.world().fragment(bytes));
  return socket_.read(into);
}

net::io_result simulated_transport::write_some(std::span<const std::span<const std::byte>> parts) {
  assert(!closed_);
  environment& world = backend_.world();
  std::size_t offered = 0;
  for (const auto& part : parts)
    offered += part.size();
  assert(offered > 0);
  if (!socket_.was_reset() && world.random.chance(world.chances.write_block_probability))
    return {};
  if (offered > 1 && world.random.chance(world.chances.short_write_probability))
    offered = world.random.between(1, offered - 1);
  return socket_.write(parts, offered);
}

// -- end ------------------------------------------------------------------------------------------

void simulated_transport::close() {
  if (std::exchange(closed_, true))
    return;
  leave();
  socket_.close();
}

void simulated_transport::abort() {
  if (std::exchange(closed_, true))
    return;
  leave();
  socket_.abort();
}

void simulated_transport::leave() {
  read_armed_ = write_armed_ = false;
  backend_.unlist(*this);
  backend_.remove(*this);
  descriptor_.close();
}

}  // namespace actornet::sim

// What the network does with a connection: carry, hold and break.

#include <algorithm>
#include <cassert>

#include "connection.hpp"
#include "network.hpp"

namespace actornet::sim {

// -- carrying -------------------------------------------------------------------------------------

// Sends on their way what has room at the other end. @p from is the writer's side.
void connection::pump(side from) {
  one_end& writer = end(from);
  while (writer.output.launchable() > 0) {
    writer.output.launch(parcel_size(writer), world_.now + world_.delay());
    if (world_.random.chance(world_.chances.partition_probability))
      network_.hold_for_a_while(*this);
  }
  if (writer.output.end_launchable())
    writer.output.launch_end(world_.now + world_.delay());
  plan_landing(from);
}

// No parcel reaches over the offset at which the connection breaks.
std::size_t connection::parcel_size(const one_end& from) {
  const std::size_t size = world_.fragment(from.output.launchable());
  if (!from.break_offset)
    return size;
  const std::uint64_t launched = from.landed_bytes + from.output.flying();
  if (launched >= *from.break_offset)
    return size;
  return static_cast<std::size_t>(std::min<std::uint64_t>(size, *from.break_offset - launched));
}

void connection::plan_landing(side from) {
  one_end& writer = end(from);
  if (writer.landing_planned || writer.output.wire_empty() || held())
    return;
  writer.landing_planned = true;
  const net::time_point when = std::max(world_.now, writer.output.next_landing());
  world_.events.plan(when, [self = weak_from_this(), from] {
    if (const auto alive = self.lock())
      alive->land(from);
  });
}

void connection::land(side from) {
  end(from).landing_planned = false;
  if (held() || end(from).output.wire_empty())
    return;
  if (end(from).output.next_landing() > world_.now)  // a reset was launched instead meanwhile
    return plan_landing(from);
  const pipe::parcel parcel = end(from).output.land();
  switch (parcel.what) {
    case pipe::cargo::bytes:
      land_bytes(from, parcel.bytes);
      break;
    case pipe::cargo::end:
      note(happening::end, other(from));
      tell(other(from));
      break;
    case pipe::cargo::reset:
      take_reset(other(from));
      break;
  }
  pump(from);
}

void connection::land_bytes(side from, std::size_t bytes) {
  const side to = other(from);
  note(happening::landed, to, bytes);
  end(from).landed_bytes += bytes;
  if (end(to).closed) {
    input(to).drop_readable();
    send_reset(to);
  } else if (end(from).break_offset && end(from).landed_bytes >= *end(from).break_offset) {
    break_now();
  } else {
    tell(to);
  }
  tell(from);  // there is room in the send buffer
}

// -- ends that are not in order -------------------------------------------------------------------

void connection::take_reset(side at) {
  one_end& hit = end(at);
  hit.output.drop_unlanded();
  input(at).drop_unlanded();
  if (hit.closed || std::exchange(hit.reset, true))
    return;
  const bool discard = world_.random.chance(world_.chances.reset_discards_probability);
  note(happening::reset, at, discard ? input(at).readable() : 0);
  if (discard)
    input(at).drop_readable();
  tell(at);
}

void connection::break_now() {
  for (one_end& one : ends_)
    one.break_offset.reset();
  take_reset(side::client);
  take_reset(side::server);
}

void connection::break_after(side from, std::uint64_t offset) {
  end(from).break_offset = offset;
  if (end(from).landed_bytes >= offset)
    break_now();
}

// Runs last in what calls it: the user may close its end and even the world's last reference.
void connection::tell(side at) {
  if (end(at).user)
    end(at).user->on_network();
}

// -- holding --------------------------------------------------------------------------------------

bool connection::held() const {
  return holds_ > 0 || network_.is_cut(ends_[0].address.host, ends_[1].address.host);
}

void connection::hold() {
  if (holds_++ == 0)
    note(happening::cut, side::client);
}

void connection::release() {
  assert(holds_ > 0);
  if (--holds_ > 0)
    return;
  note(happening::healed, side::client);
  reschedule();
}

void connection::reschedule() {
  plan_landing(side::client);
  plan_landing(side::server);
}

}  // namespace actornet::sim

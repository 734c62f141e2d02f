// What the ends of a connection do. What the network does is in connection_network.cpp.

#include "connection.hpp"

#include <algorithm>
#include <cassert>

#include "network.hpp"

namespace actornet::sim {

using status = net::io_result::status;

connection::connection(network& net, std::uint64_t id, const end_options& client,
                       const end_options& server)
    : network_(net),
      world_(net.world()),
      id_(id),
      ends_{one_end(client, server), one_end(server, client)} {}

void connection::note(happening kind, side at, std::uint64_t count, std::uint64_t content) {
  world_.note(kind, id_, static_cast<std::uint64_t>(at), count, content);
}

bool connection::read_due(side at) const noexcept {
  return input(at).readable() > 0 || input(at).at_end() || end(at).reset;
}

bool connection::write_due(side at) const noexcept {
  return end(at).reset || end(at).output.ended() || end(at).output.writable();
}

net::io_result connection::read(side at, std::span<std::byte> into) {
  assert(!end(at).closed && !into.empty());
  pipe& from = input(at);
  if (from.readable() > 0) {
    const std::size_t bytes = from.read(into);
    note(happening::read, at, bytes, hash_bytes(into.first(bytes)));
    pump(other(at));  // there is room in the receive buffer again
    return {status::ok, bytes};
  }
  if (end(at).reset)
    return {status::error, 0, errc::connection_reset};
  return {from.at_end() ? status::end_of_stream : status::would_block};
}

net::io_result connection::write(side at, std::span<const std::span<const std::byte>> parts,
                                 std::size_t limit) {
  one_end& from = end(at);
  assert(!from.closed && limit > 0);
  if (from.reset || from.output.ended())
    return {status::error, 0, errc::connection_reset};
  std::size_t left = std::min(limit, from.output.room());
  std::size_t written = 0;
  std::uint64_t hash = hash_bytes({});
  for (const auto& part : parts) {
    const auto taken = part.first(std::min(part.size(), left));
    from.output.write(taken);
    hash = hash_bytes(taken, hash);
    written += taken.size();
    left -= taken.size();
  }
  if (written == 0)
    return {};
  note(happening::written, at, written, hash);
  pump(at);
  return {status::ok, written};
}

void connection::shutdown_write(side at) {
  if (end(at).closed || end(at).reset)
    return;
  end(at).output.end();
  pump(at);
}

void connection::close(side at) {
  if (end(at).closed)
    return;
  const bool unread = input(at).readable() > 0;
  if (!unread)
    shutdown_write(at);
  mark_closed(at);
  if (unread)
    send_reset(at);
}

void connection::abort(side at) {
  if (end(at).closed)
    return;
  mark_closed(at);
  send_reset(at);
}

void connection::close_with_reset(side at) {
  if (end(at).closed)
    return;
  const bool was_reset = end(at).reset;
  mark_closed(at);
  if (was_reset)
    return;
  end(at).reset = true;
  end(at).output.end_with_reset();
  pump(at);
}

void connection::mark_closed(side at) {
  note(happening::closed, at, input(at).readable());
  end(at).closed = true;
  end(at).user = nullptr;
  input(at).drop_readable();
  pump(other(at));
}

// The last that an end says.
void connection::send_reset(side from) {
  if (std::exchange(end(from).reset, true))
    return;
  const bool overtake = world_.random.chance(world_.chances.reset_discards_probability);
  end(from).output.launch_reset(world_.now + world_.delay(), overtake);
  plan_landing(from);
}

}  // namespace actornet::sim

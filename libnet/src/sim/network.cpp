#include "network.hpp"

#include <algorithm>

namespace actornet::sim {

using scheme = net::endpoint::scheme;

// -- ports ----------------------------------------------------------------------------------------

result<void> network::add(port& opened, bool choose) {
  constexpr std::uint64_t dynamic_first = 49152, dynamic_last = 65535;  // RFC 6335, section 6
  net::endpoint where = opened.local();
  const auto taken = [&where](const port* one) { return one->collides(where); };
  if (choose) {
    do {
      where.port = static_cast<std::uint16_t>(world_.random.between(dynamic_first, dynamic_last));
    } while (std::ranges::any_of(ports_, taken));
    opened.set_local_port(where.port);
  } else if (std::ranges::any_of(ports_, taken)) {
    return errc::address_in_use;
  }
  ports_.push_back(&opened);
  return {};
}

void network::remove(port& closed) {
  std::erase(ports_, &closed);
}

// -- connecting -----------------------------------------------------------------------------------

std::shared_ptr<connect_attempt> network::connect(const net::endpoint& to,
                                                  const std::string& from_host,
                                                  const net::socket_options& options,
                                                  std::function<void(result<socket>)> done) {
  auto attempt = std::make_shared<connect_attempt>();
  attempt->id = next_id_++;
  attempt->to = to;
  attempt->from = end_of(client_address(to, from_host), options);
  attempt->done = std::move(done);
  world_.note(happening::connecting, attempt->id, 0, 0, to.port);
  world_.events.plan(world_.now + world_.delay(), [this, attempt] { arrive(attempt); });
  return attempt;
}

// What a SYN does.
void network::arrive(const std::shared_ptr<connect_attempt>& attempt) {
  if (!attempt->done || park_if_cut(*attempt, [this, attempt] { arrive(attempt); }))
    return;
  const auto found =
      std::ranges::find_if(ports_, [&](const port* one) { return one->answers(attempt->to); });
  if (found == ports_.end())
    return answer(attempt, errc::connection_refused);
  if ((*found)->full())
    return retry(attempt);
  establish(attempt, **found);
}

void network::establish(const std::shared_ptr<connect_attempt>& attempt, port& at) {
  end_options client = attempt->from;
  end_options server = end_of(attempt->to, at.options());
  make_small(client);
  make_small(server);
  const auto whole = std::make_shared<connection>(*this, attempt->id, client, server);
  if (connections_.size() >= prune_at_) {
    std::erase_if(connections_, [](const auto& one) { return one.expired(); });
    prune_at_ = 2 * connections_.size() + 64;
  }
  connections_.push_back(whole);
  const auto mine = std::make_shared<socket>(whole, side::client);
  world_.events.plan(world_.now + world_.delay(),
                     [this, attempt, mine] { finish(attempt, std::move(*mine)); });
  at.push(socket(whole, side::server));
  if (world_.random.chance(world_.chances.reset_probability))
    whole->break_after(world_.random.below(2) == 0 ? side::client : side::server,
                       world_.random.between(0, world_.chances.reset_offset_bytes_max));
}

void network::answer(const std::shared_ptr<connect_attempt>& attempt, errc error) {
  world_.events.plan(world_.now + world_.delay(),
                     [this, attempt, error] { finish(attempt, error); });
}

void network::finish(const std::shared_ptr<connect_attempt>& attempt, result<socket> outcome) {
  if (!attempt->done)
    return;  // given up: a socket is closed here
  const auto kept = std::make_shared<result<socket>>(std::move(outcome));
  if (park_if_cut(*attempt, [this, attempt, kept] { finish(attempt, std::move(*kept)); }))
    return;
  world_.note(*kept ? happening::connected : happening::refused, attempt->id);
  std::exchange(attempt->done, nullptr)(std::move(*kept));
}

// A full backlog drops the SYN, the client sends it again.
void network::retry(const std::shared_ptr<connect_attempt>& attempt) {
  if (attempt->tries == connect_tries_max)
    return answer(attempt, errc::connection_reset);
  const net::duration pause = std::chrono::seconds(1) * (1 << attempt->tries++);
  world_.events.plan(world_.now + pause, [this, attempt] { arrive(attempt); });
}

net::endpoint network::client_address(const net::endpoint& to, const std::string& host) {
  if (to.kind == scheme::local)
    return {scheme::local, "", 0};
  constexpr std::uint16_t first = 32768, last = 49151;  // below the dynamic ports of listeners
  const std::uint16_t port = next_client_port_;
  next_client_port_ = port == last ? first : static_cast<std::uint16_t>(port + 1);
  return {scheme::tcp, host, port};
}

end_options network::end_of(const net::endpoint& address,
                            const net::socket_options& options) const {
  const auto bytes = [](std::size_t asked) { return asked > 0 ? asked : buffer_bytes_default; };
  return {address, bytes(options.send_buffer_bytes), bytes(options.receive_buffer_bytes)};
}

void network::make_small(end_options& end) {
  const faults& chances = world_.chances;
  if (!world_.random.chance(chances.small_buffers_probability))
    return;
  const auto small = [&] {
    return static_cast<std::size_t>(
        world_.random.between(chances.small_buffer_bytes_min, chances.small_buffer_bytes_max));
  };
  end.send_bytes_max = std::min(end.send_bytes_max, small());
  end.receive_bytes_max = std::min(end.receive_bytes_max, small());
}

// -- cuts -----------------------------------------------------------------------------------------

void network::cut(const std::string& address) {
  if (cut_.insert(address).second)
    world_.note(happening::cut, 0);
}

void network::cut_all() {
  if (!std::exchange(all_cut_, true))
    world_.note(happening::cut, 0);
}

void network::heal(const std::string& address) {
  if (cut_.erase(address) > 0)
    healed();
}

void network::heal_all() {
  const bool was_cut = std::exchange(all_cut_, false) || !cut_.empty();
  cut_.clear();
  if (was_cut)
    healed();
}

bool network::is_cut(const std::string& one, const std::string& other) const {
  return all_cut_ || cut_.contains(one) || cut_.contains(other);
}

bool network::park_if_cut(const connect_attempt& attempt, std::function<void()> later) {
  if (!is_cut(attempt.from.address.host, attempt.to.host))
    return false;
  parked_.push_back(std::move(later));
  return true;
}

void network::healed() {
  world_.note(happening::healed, 0);
  for (auto& waited : std::exchange(parked_, {}))
    world_.events.plan(world_.now + world_.delay(), std::move(waited));
  for (const auto& one : connections_)
    if (const auto alive = one.lock())
      alive->reschedule();
}

void network::hold_for_a_while(connection& hit) {
  hit.hold();
  const net::duration length = world_.random.between({}, world_.chances.partition_max);
  world_.events.plan(world_.now + length, [held = hit.weak_from_this()] {
    if (const auto alive = held.lock())
      alive->release();
  });
}

}  // namespace actornet::sim

#include "backend.hpp"

#include <algorithm>
#include <cassert>

#include "addresses.hpp"
#include "clock_origin.hpp"
#include "transport.hpp"
#include "world_state.hpp"

namespace actornet::sim {

simulated_backend::simulated_backend(world_state& world, std::uint64_t id, std::string host)
    : state_(world), id_(id), host_(std::move(host)), random_(world.world.random.fork()) {
  state_.add(*this);
}

simulated_backend::~simulated_backend() {
  assert(transports_.empty() && "a transport outlives its loop");
  assert(news_.empty() && "a listening or connecting socket outlives its loop");
  state_.remove(*this);
}

environment& simulated_backend::world() noexcept {
  return state_.world;
}

network& simulated_backend::internet() noexcept {
  return state_.net;
}

net::time_point simulated_backend::now() {
  return world().now;
}

net::wall_time simulated_backend::wall_now() {
  const auto elapsed = world().now - clock_origin;
  return wall_origin + std::chrono::floor<std::chrono::milliseconds>(elapsed);
}

bool simulated_backend::chooses() const {
  return state_.world.chances.shuffle;
}

std::size_t simulated_backend::choose(std::size_t count) {
  const auto choice = static_cast<std::size_t>(world().random.below(count));
  world().note(happening::choice, id_, 0, choice, count);
  return choice;
}

// -- events ---------------------------------------------------------------------------------------

bool simulated_backend::has_something_to_do() const {
  return loop_ && (loop_->has_work() || !news_.empty() || woken_.load(std::memory_order_relaxed) ||
                   loop_->timers().next_look() <= state_.world.now);
}

void simulated_backend::list(news& item) {
  if (!std::exchange(item.listed, true))
    news_.push_back(&item);
}

void simulated_backend::unlist(news& item) noexcept {
  if (std::exchange(item.listed, false))
    std::erase(news_, &item);
}

// News that comes while this is delivered waits for the next poll.
void simulated_backend::poll() {
  woken_.store(false, std::memory_order_relaxed);
  disturb();
  for (std::size_t left = news_.size(); left > 0 && !news_.empty(); --left) {
    if (chooses())
      std::swap(news_.front(), news_[world().random.below(std::min(left, news_.size()))]);
    news& item = *news_.front();
    news_.pop_front();
    item.listed = false;
    item.deliver();
  }
}

void simulated_backend::disturb() {
  if (transports_.empty() || !world().random.chance(world().chances.spurious_probability))
    return;
  transports_[world().random.below(transports_.size())]->disturb();
}

// -- names ----------------------------------------------------------------------------------------

result<std::vector<net::endpoint>> simulated_backend::resolve(const net::endpoint& name) {
  if (name.kind == net::endpoint::scheme::local || is_numeric(name.host))
    return std::vector{name};
  const auto found = internet().names.find(name.host);
  if (found == internet().names.end() || found->second.empty())
    return errc::name_not_found;
  std::vector<net::endpoint> addresses;
  for (const std::string& address : found->second)
    addresses.push_back({name.kind, address, name.port});
  return addresses;
}

}  // namespace actornet::sim

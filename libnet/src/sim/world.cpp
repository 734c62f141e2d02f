#include "actornet/sim/world.hpp"

#include <ostream>

#include "world_state.hpp"

namespace actornet::sim {

const char* to_string(stop_reason reason) noexcept {
  switch (reason) {
    case stop_reason::none:
      return "nothing ran yet";
    case stop_reason::reached:
      return "reached what was asked for";
    case stop_reason::deadline:
      return "virtual time is up";
    case stop_reason::idle:
      return "nothing will ever happen any more";
    case stop_reason::livelock:
      return "too many steps: livelock";
  }
  return "?";
}

world::world(std::uint64_t seed, const options& how)
    : state_(std::make_unique<world_state>(seed, how)) {}

world::~world() = default;

// -- what lives in it -----------------------------------------------------------------------------

std::unique_ptr<net::backend> world::make_backend(std::string address) {
  return std::make_unique<simulated_backend>(*state_, ++state_->backends_made, std::move(address));
}

void world::add_name(const std::string& name, std::vector<std::string> addresses) {
  state_->net.names[name] = std::move(addresses);
}

// -- running --------------------------------------------------------------------------------------

bool world::step() {
  return state_->step(net::never);
}

bool world::run_until(const std::function<bool()>& done, net::time_point deadline) {
  return state_->run(done, deadline);
}

bool world::run_until_idle() {
  return state_->run([this] { return !state_->ready() && state_->world.events.empty(); },
                     net::never);
}

bool world::run_for(net::duration length) {
  state_->run([] { return false; }, net::deadline_after(now(), length));
  if (state_->stopped == stop_reason::idle)
    state_->stopped = stop_reason::deadline;  // as it should be
  return state_->stopped != stop_reason::livelock;
}

bool world::run_on(net::loop& target, const std::function<void()>& work) {
  errand& mine = state_->errands.emplace_back(errand{work});
  target.post(net::entry_of<&errand::run>(mine));
  const bool ran = state_->run([&mine] { return mine.done; }, net::never);
  mine.work = nullptr;  // what it refers to ends with this call
  return ran;
}

// -- time and chance ------------------------------------------------------------------------------

net::time_point world::now() const noexcept {
  return state_->world.now;
}

net::duration world::elapsed() const noexcept {
  return state_->world.now - clock_origin;
}

void world::jump(net::duration length) {
  state_->go_on_to(now() + length, length);
}

generator& world::random() noexcept {
  return state_->test_random;
}

// -- faults ---------------------------------------------------------------------------------------

void world::set_faults(const faults& what) noexcept {
  state_->world.chances = what;
}

const faults& world::current_faults() const noexcept {
  return state_->world.chances;
}

void world::partition(const std::string& address) {
  state_->net.cut(address);
}

void world::heal(const std::string& address) {
  state_->net.heal(address);
}

void world::partition() {
  state_->net.cut_all();
}

void world::heal() {
  state_->net.heal_all();
}

void world::exhaust_descriptors(bool exhausted) noexcept {
  state_->net.descriptors_exhausted = exhausted;
}

std::size_t world::open_descriptors() const noexcept {
  return state_->net.open_descriptors;
}

// -- what happened --------------------------------------------------------------------------------

std::uint64_t world::seed() const noexcept {
  return state_->seed;
}

std::uint64_t world::steps() const noexcept {
  return state_->steps;
}

stop_reason world::stopped_because() const noexcept {
  return state_->stopped;
}

std::uint64_t world::trace_hash() const noexcept {
  return state_->world.log.hash();
}

void world::set_trace(std::ostream* out) noexcept {
  state_->world.log.write_to(out);
}

std::ostream& operator<<(std::ostream& out, const world& shown) {
  out << "seed " << shown.seed() << ", after ";
  write_seconds(out, shown.elapsed());
  return out << " and " << shown.steps() << " steps: " << to_string(shown.stopped_because());
}

}  // namespace actornet::sim

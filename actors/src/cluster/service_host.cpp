#include "actornet/cluster/service_host.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "actornet/cluster/detail/inbox_name.hpp"
#include "host_state.hpp"

namespace actornet::cluster {

namespace detail {

namespace {

net::loop& this_loop() {
  net::loop* const home = net::loop::current();
  assert(home && "a host is made on the loop that serves");
  return *home;
}

bool any(const service& of, bool served_method::*trait) {
  const auto methods = of.methods();
  return std::any_of(methods.begin(), methods.end(),
                     [trait](const served_method& each) { return each.*trait; });
}

}  // namespace

// -- seats ----------------------------------------------------------------------------------------

host_seat::host_seat(host_state& of, bus& over, std::string_view service,
                     std::optional<std::uint32_t> shard)
    : of_(of), shard_(shard), serves_(over.serve(subject_of(service, shard), *this)) {}

void host_seat::on_request(const net::shared_bytes& payload, bus_reply reply) {
  of_.on_request(*this, payload, std::move(reply));
}

void host_seat::leave() {
  leaving_ = true;
  const auto end = net::deadline_after(of_.home().now(), of_.options().release_linger);
  of_.home().timers().arm(linger_, end);
}

void host_seat::stay() {
  leaving_ = false;
  of_.home().timers().remove(linger_);
}

void host_seat::on_linger_end() {
  of_.remove_seat(*shard_);
}

// -- the host -------------------------------------------------------------------------------------

host_state::host_state(bus& over, std::shared_ptr<service> served, const host_options& options)
    : home_(this_loop()),
      bus_(&over),
      service_(std::move(served)),
      shape_(service_->shape()),
      options_(options),
      control_(inbox_name(home_)) {
  if (any(*service_, &served_method::keyed) && shape_.shards == 0)
    throw std::invalid_argument("a service with keyed methods needs shards");
  if (any(*service_, &served_method::streams))
    hears_controls_ = over.subscribe(control_, *this);
  plain_.emplace(*this, over, shape_.name, std::nullopt);
}

void host_state::own(std::uint32_t shard) {
  if (shard >= shape_.shards)
    throw std::out_of_range("the service does not have this shard");
  if (leaving_)
    return;
  const auto [seat, added] = seats_.try_emplace(shard, *this, *bus_, shape_.name, shard);
  if (!added)
    seat->second.stay();
}

void host_state::release(std::uint32_t shard) {
  const auto seat = seats_.find(shard);
  if (seat == seats_.end() || seat->second.leaving())
    return;
  seat->second.leave();
  stop_shard(shard);
}

void host_state::leave() {
  leaving_ = true;
  plain_.reset();
  seats_.clear();
}

task<> host_state::drain() {
  leave();
  for (auto& each : running_)
    if (each.second.outlet)
      each.second.task->cancel(errc::shutting_down);
  co_await calls_.all_ended();
  hears_controls_.end();
}

void host_state::abandon() {
  assert(home_.in_loop() && "a host must go on its loop");
  leave();
  hears_controls_.end();
  bus_ = nullptr;
  waiting_.clear();
  calls_.cancel(errc::shutting_down);
  if (calls_.running() == 0) {
    delete this;
    return;
  }
  ended_ = wait_for_all(calls_);
  if (!ended_.start(end_context_, net::entry_of<&host_state::on_empty>(*this)))
    delete this;
}

task<> host_state::wait_for_all(scope& calls) {
  co_await calls.all_ended();
}

// Inside the last resume of the wait: its frame goes in a turn of its own.
void host_state::on_empty() {
  home_.enqueue_next(net::entry_of<&host_state::go>(*this));
}

}  // namespace detail

service_host::service_host(bus& over, std::shared_ptr<service> served, host_options options)
    : state_(new detail::host_state(over, std::move(served), options)) {}

service_host::~service_host() {
  if (state_)
    state_->abandon();
}

shard_set& service_host::shards() noexcept {
  return *state_;
}

task<> service_host::drain() {
  return state_->drain();
}

const host_statistics& service_host::statistics() const noexcept {
  return state_->statistics();
}

}  // namespace actornet::cluster

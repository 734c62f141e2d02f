#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <cassert>
#include <map>
#include <mutex>
#include <stdexcept>

#include "actornet/caf.hpp"
#include "caf_scheduler.hpp"

namespace actornet {

namespace {

struct actor_host {
  explicit actor_host(net::multiplexer& loops) : config(loops), system(config) {
    // An actor that nobody ended must not keep the process from ending.
    system.await_actors_before_shutdown(false);
  }

  detail::loop_system_config config;
  caf::actor_system system;
};

constexpr caf::atom_value category = caf::atom("actornet");

}  // namespace

caf::actor_system& actors(runtime& rt) {
  if (auto* const unit = static_cast<detail::loop_unit*>(rt.loops().at(0).companion()))
    return unit->system();
  if (rt.started())
    throw std::logic_error("actornet: call actors(rt) before rt.start(), not after it");
  auto host = std::make_shared<actor_host>(rt.loops());
  rt.keep(host);
  return host->system;
}

caf::actor_system& actors_here() {
  net::loop* const here = net::loop::current();
  assert(here && here->companion());
  return static_cast<detail::loop_unit*>(here->companion())->system();
}

caf::error to_caf_error(errc reason) {
  return caf::error(static_cast<std::uint8_t>(reason), category);
}

errc from_caf_error(const caf::error& reason) {
  if (reason.category() == category)
    return static_cast<errc>(reason.code());
  if (reason == caf::sec::request_timeout)
    return errc::timed_out;
  if (reason == caf::sec::request_receiver_down || reason.category() == caf::atom("exit"))
    return errc::actor_unreachable;
  return errc::unexpected_response;
}

}  // namespace actornet

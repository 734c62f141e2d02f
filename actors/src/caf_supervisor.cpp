#include "actornet/caf_supervisor.hpp"

#include <algorithm>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/result.hpp>
#include <caf/send.hpp>
#include <exception>
#include <utility>

#include "actornet/caf.hpp"
#include "actornet/log.hpp"

namespace actornet {

namespace {

bool in_order(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::user_shutdown;
}

bool wants_restart(restart_policy policy, const caf::error& reason) {
  return policy == restart_policy::permanent ||
         (policy == restart_policy::transient && !in_order(reason));
}

}  // namespace

supervisor::supervisor(caf::actor_config& config, std::vector<child_spec> children,
                       supervisor_options options)
    : event_based_actor(config), options_(options) {
  for (child_spec& spec : children)
    children_.push_back({std::move(spec), {}});
  set_default_handler(caf::drop);
  set_down_handler([this](caf::down_msg& down) { on_down(down); });
}

caf::behavior supervisor::make_behavior() {
  restarting_all_ = true;
  start_all_when_gone();
  return {[this](const which_child& asked) -> caf::result<caf::actor> {
    const auto found =
        std::ranges::find(children_, asked.name, [](const child& each) { return each.spec.name; });
    if (found == children_.end() || !found->handle)
      return to_caf_error(errc::actor_unreachable);
    return found->handle;
  }};
}

// Without a sender: this may run when the last handle to the supervisor is gone.
void supervisor::on_exit() {
  for (auto i = children_.rbegin(); i != children_.rend(); ++i)
    if (i->handle)
      caf::anon_send_exit(std::exchange(i->handle, {}), caf::exit_reason::user_shutdown);
}

void supervisor::on_down(const caf::down_msg& down) {
  const auto found = std::ranges::find_if(
      children_, [&](const child& each) { return each.handle.address() == down.source; });
  if (found == children_.end())
    return;
  found->handle = {};
  if (restarting_all_)
    start_all_when_gone();
  else if (wants_restart(found->spec.restart, down.reason))
    restart(*found, down.reason);
}

void supervisor::restart(child& ended, const caf::error& reason) {
  if (!may_restart())
    return give_up(ended);
  log(log_level::warning,
      "supervisor restarts " + ended.spec.name + ": " + system().render(reason));
  if (options_.strategy == restart_strategy::one_for_one) {
    start(ended);
    return;
  }
  restarting_all_ = true;
  for (auto i = children_.rbegin(); i != children_.rend(); ++i)
    if (i->handle)
      send_exit(i->handle, caf::exit_reason::kill);
  start_all_when_gone();
}

// Old and new children must not work side by side.
void supervisor::start_all_when_gone() {
  if (std::ranges::any_of(children_, [](const child& each) { return bool(each.handle); }))
    return;
  restarting_all_ = false;
  for (child& each : children_)
    if (!start(each))
      return;
}

// Starts a child, again and again if it must. False when the supervisor gave up.
bool supervisor::start(child& of) {
  const bool once = of.spec.restart == restart_policy::temporary;
  if (once && std::exchange(of.started, true))
    return true;
  while (!try_start(of) && !once) {
    if (!may_restart()) {
      give_up(of);
      return false;
    }
  }
  return true;
}

bool supervisor::try_start(child& of) {
  try {
    of.handle = of.spec.start(*this);
  } catch (const std::exception& failure) {
    log(log_level::error, "supervisor cannot start " + of.spec.name + ": " + failure.what());
  }
  if (of.handle)
    monitor(of.handle);
  return bool(of.handle);
}

bool supervisor::may_restart() {
  const net::time_point now(
      std::chrono::duration_cast<net::duration>(clock().now().time_since_epoch()));
  while (!restarts_.empty() && now - restarts_.front() >= options_.window)
    restarts_.pop_front();
  if (restarts_.size() >= options_.restarts_max)
    return false;
  restarts_.push_back(now);
  return true;
}

void supervisor::give_up(const child& failed) {
  log(log_level::error, "supervisor gives up: " + failed.spec.name + " ended too often");
  quit(to_caf_error(errc::killed));
}

}  // namespace actornet

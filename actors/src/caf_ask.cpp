#include "actornet/caf_ask.hpp"

#include <caf/make_actor.hpp>
#include <cassert>

#include "caf_asker.hpp"
#include "caf_scheduler.hpp"

namespace actornet {

namespace detail {

// -- the loop's asker -----------------------------------------------------------------------------

asker& asker::here() {
  auto* const unit = static_cast<loop_unit*>(net::loop::current()->companion());
  assert(unit && "ask needs a runtime with actors");
  if (!unit->asker_of_loop) {
    auto& system = unit->system();
    caf::actor_config config(unit);
    unit->asker_of_loop = caf::make_actor<asker, caf::strong_actor_ptr>(
        system.next_actor_id(), system.node(), &system, config, unit->home());
  }
  return *static_cast<asker*>(caf::actor_cast<caf::abstract_actor*>(unit->asker_of_loop));
}

caf::message_id asker::ask(ask_wait& waiting, const caf::strong_actor_ptr& to,
                           caf::message request) {
  const caf::message_id id = new_request_id(caf::message_priority::normal);
  waiting_.emplace(id.response_id().integer_value(), &waiting);
  auto* const unit = static_cast<loop_unit*>(home().companion());
  to->enqueue(caf::make_mailbox_element(caf::strong_actor_ptr(ctrl()), id, {}, std::move(request)),
              unit);
  return id.response_id();
}

void asker::forget(caf::message_id id) {
  waiting_.erase(id.integer_value());
}

void asker::handle(caf::mailbox_element& element) {
  if (!element.mid.is_response())
    return;
  const auto found = waiting_.find(element.mid.integer_value());
  if (found == waiting_.end()) {
    ++late_answers_;
    return;
  }
  ask_wait& waiting = *found->second;
  waiting_.erase(found);
  waiting.answered(element);
}

// -- the task's side ------------------------------------------------------------------------------

bool ask_wait::await_ready() {
  if (context().cancelled())
    error_ = context().cancel_reason();
  else if (!to_)
    error_ = errc::actor_unreachable;
  else if (deadline_ <= context().home().now())
    error_ = errc::timed_out;
  return static_cast<bool>(error_);
}

void ask_wait::await_suspend(std::coroutine_handle<> task) {
  park(task);
  context().home().timers().arm(timer_, deadline_);
  id_ = asker::here().ask(*this, to_, request());
}

void ask_wait::answered(caf::mailbox_element& answer) {
  context().home().timers().remove(timer_);
  auto& content = answer.content();
  if (content.match_elements<caf::error>())
    error_ = from_caf_error(content.get_as<caf::error>(0));
  else if (!take(content))
    error_ = errc::unexpected_response;
  wake();
}

void ask_wait::abandon(errc reason) {
  asker::here().forget(id_);
  context().home().timers().remove(timer_);
  error_ = reason;
  wake();
}

void ask_wait::on_deadline() {
  abandon(errc::timed_out);
}

}  // namespace detail

std::uint64_t late_answers() {
  return detail::asker::here().late_answers();
}

}  // namespace actornet

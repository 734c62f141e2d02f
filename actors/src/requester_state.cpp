#include "actornet/detail/requester_state.hpp"

#include <algorithm>
#include <cassert>
#include <string>

#include "actornet/log.hpp"

namespace actornet::detail {

// -- the requester --------------------------------------------------------------------------------

void requester_state::start() {
  pump_ = pump(*this);
  if (!pump_.start(context_, net::entry_of<&requester_state::on_pump_end>(*this)))
    pump_over();
}

task<> requester_state::pump(requester_state& self) {
  std::error_code why = errc::handler_failed;
  try {
    why = co_await self.receive_answers();
  } catch (const std::exception& failure) {
    log(log_level::error, std::string("a requester's function threw: ") + failure.what());
  } catch (...) {
    log(log_level::error, "a requester's function threw what is no std::exception");
  }
  self.fail_all(why);
  self.hang_up();
}

// Inside the pump's last resume: its frame goes in a turn of its own.
void requester_state::on_pump_end() {
  home_.enqueue_next(net::entry_of<&requester_state::pump_over>(*this));
}

void requester_state::pump_over() {
  pump_ended_ = true;
  if (abandoned_)
    delete this;
}

void requester_state::abandon() {
  assert(home_.in_loop() && "a requester must go on its loop");
  abandoned_ = true;
  fail_all(errc::closed_locally);
  if (pump_ended_)
    delete this;
  else
    context_.cancel(errc::closed_locally);
}

void requester_state::fail_all(std::error_code why) {
  if (!ended_)
    ended_ = why;
  statistics_.in_flight = 0;
  for (const auto& [id, request] : std::exchange(pending_, {}))
    request->fail(why);
}

std::error_code requester_state::refusal() const noexcept {
  if (ended_)
    return ended_;
  return pending_.size() < requests_max_ ? std::error_code() : errc::mailbox_full;
}

std::uint64_t requester_state::begin_request(request_pending& request) {
  pending_.emplace(++last_id_, &request);
  statistics_.in_flight = pending_.size();
  return last_id_;
}

void requester_state::end_request(const request_pending& request) {
  pending_.erase(request.id_);
  statistics_.in_flight = pending_.size();
}

request_pending* requester_state::answered(std::uint64_t id, bool& known) {
  const auto found = pending_.find(id);
  known = id > 0 && id <= last_id_;
  if (found == pending_.end()) {
    ++(known ? statistics_.late : statistics_.others);
    return nullptr;
  }
  request_pending* const request = found->second;
  pending_.erase(found);
  statistics_.in_flight = pending_.size();
  ++statistics_.answered;
  return request;
}

// -- a request ------------------------------------------------------------------------------------

bool request_pending::await_ready() {
  deadline_ = std::min(deadline_, context().deadline());
  if (context().cancelled())
    error_ = context().cancel_reason();
  else if (deadline_ <= context().home().now())
    error_ = errc::timed_out;
  else
    error_ = to_.refusal();
  if (error_ == errc::timed_out)
    to_.count_timeout();
  return static_cast<bool>(error_);
}

bool request_pending::await_suspend(std::coroutine_handle<> task) {
  park(task);
  id_ = to_.begin_request(*this);
  error_ = send(id_);
  if (error_) {
    to_.end_request(*this);
    unpark();
    return false;
  }
  context().home().timers().arm(timer_, deadline_);
  return true;
}

void request_pending::complete() {
  context().home().timers().remove(timer_);
  wake();
}

void request_pending::fail(std::error_code why) {
  error_ = why;
  complete();
}

void request_pending::leave(std::error_code why) {
  to_.end_request(*this);
  if (why == errc::timed_out)
    to_.count_timeout();
  fail(why);
}

void request_pending::on_deadline() {
  leave(errc::timed_out);
}

void request_pending::abandon(errc reason) {
  leave(reason);
}

}  // namespace actornet::detail

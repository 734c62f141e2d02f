// Requests, from their arrival until they are begun or refused.

#include <algorithm>
#include <utility>

#include "host_state.hpp"

namespace actornet::cluster::detail {

void host_state::on_request(const host_seat& at, const net::shared_bytes& payload,
                            bus_reply reply) {
  ++statistics_.requests;
  arrival came{{}, std::move(reply), nullptr, at.shard(), net::never};
  errc flaw = errc::message_malformed;
  std::string text = "not an envelope of this version";
  if (read_payload(payload, came.request))
    flaw = misfit(at, came, text);
  if (flaw != errc{}) {
    ++statistics_.malformed;
    refuse(std::move(came.reply), flaw, std::move(text));
    return;
  }
  if (at.leaving()) {
    refuse_moved(came.reply);
    return;
  }
  admit(std::move(came));
}

// Why no method can serve the request; else finds it, and when the time is up.
errc host_state::misfit(const host_seat& at, arrival& came, std::string& text) const {
  const v1::ServiceRequest& request = came.request;
  for (const served_method& each : service_->methods())
    if (each.name == request.method())
      came.method = &each;
  if (!came.method) {
    text = "no such method";
    return errc::not_found;
  }
  const net::duration left = std::chrono::milliseconds(request.remaining_ms());
  if (came.method->streams) {
    if (left > net::duration::zero())
      came.deadline = net::deadline_after(home_.now(), left);
  } else {
    came.deadline = net::deadline_after(home_.now(), std::min(left, options_.deadline_max));
  }
  text = "the method is not asked like this";
  const bool fits = came.method->keyed == at.shard().has_value() &&
                    came.method->streams == request.has_stream() &&
                    !(request.has_stream() && outlets_.contains(request.stream().id()));
  return fits ? errc{} : errc::message_malformed;
}

void host_state::refuse(bus_reply reply, std::error_code error, std::string text) {
  v1::ServiceReply refusal;
  write_failure(*refusal.mutable_failure(), shape_, error, std::move(text));
  answer(reply, std::move(refusal));
}

void host_state::refuse_moved(bus_reply& reply) {
  ++statistics_.moved;
  v1::ServiceReply moved;
  moved.mutable_failure()->set_kind(v1::ServiceFailure::KIND_MOVED);
  answer(reply, std::move(moved));
}

void host_state::admit(arrival came) {
  if (running_.size() < options_.calls_max) {
    begin(std::move(came));
    return;
  }
  if (waiting_.size() >= options_.waiting_max)
    expire_waiting();
  if (waiting_.size() >= options_.waiting_max) {
    ++statistics_.overloaded;
    refuse(std::move(came.reply), errc::overloaded, {});
    return;
  }
  waiting_.push_back(std::move(came));
  statistics_.waiting = waiting_.size();
}

void host_state::expire_waiting() {
  const net::time_point now = home_.now();
  for (arrival& each : waiting_)
    if (each.deadline <= now) {
      ++statistics_.expired;
      refuse(std::move(each.reply), errc::timed_out, {});
    }
  std::erase_if(waiting_, [now](const arrival& each) { return each.deadline <= now; });
  statistics_.waiting = waiting_.size();
}

void host_state::begin(arrival came) {
  const std::uint64_t number = ++last_call_;
  running& call = running_[number];
  call.shard = came.shard;
  statistics_.in_work = running_.size();
  call.task.emplace(calls_.spawn(run(*this, number, std::make_unique<arrival>(std::move(came)))));
}

void host_state::begin_waiting() {
  expire_waiting();
  while (!waiting_.empty() && running_.size() < options_.calls_max) {
    arrival next = std::move(waiting_.front());
    waiting_.pop_front();
    begin(std::move(next));
  }
  statistics_.waiting = waiting_.size();
}

}  // namespace actornet::cluster::detail

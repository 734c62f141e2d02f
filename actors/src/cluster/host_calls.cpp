// Requests, from when they are begun until they are answered.

#include <exception>
#include <utility>

#include "actornet/flow/cancel.hpp"
#include "actornet/log.hpp"
#include "host_state.hpp"

namespace actornet::cluster::detail {

task<> host_state::run(host_state& self, std::uint64_t number, std::unique_ptr<arrival> work) {
  const task_context& context = co_await this_task();
  if (context.cancelled() && work->shard) {
    self.refuse_moved(work->reply);
  } else if (context.cancelled()) {
    self.refuse(std::move(work->reply), context.cancel_reason(), {});
  } else if (work->deadline <= self.home_.now()) {
    ++self.statistics_.expired;
    self.refuse(std::move(work->reply), errc::timed_out, {});
  } else if (work->method->streams && self.leaving_) {
    self.refuse(std::move(work->reply), errc::shutting_down, {});
  } else if (work->method->streams) {
    co_await serve_stream(self, number, *work);
  } else {
    co_await serve(self, *work);
  }
  self.end_call(number);
}

task<> host_state::serve(host_state& self, arrival& work) {
  call_work given{std::move(*work.request.mutable_body()),
                  call(work.method->name, work.request.trace_id(), work.deadline, work.shard),
                  self.shape_.shards, nullptr};
  auto outcome = co_await with_deadline(work.deadline, call_method(self, *work.method, given));
  v1::ServiceReply message;
  message.set_version(service_wire_version);  // its size counts
  if (outcome)
    message.set_body(std::move(*outcome));
  if (message.ByteSizeLong() > bus::payload_bytes_max)
    outcome = errc::message_too_large;
  self.count(outcome, work);
  if (!outcome)
    write_failure(*message.mutable_failure(), self.shape_, outcome.error(), given.context.text());
  self.answer(work.reply, std::move(message));
}

task<> host_state::serve_stream(host_state& self, std::uint64_t number, arrival& work) {
  stream_outlet outlet(self.home_, self, number,
                       {self.options_.heartbeat, self.options_.silence_max}, work.request.stream());
  self.outlets_[outlet.id()] = &outlet;
  self.running_[number].outlet = &outlet;
  v1::ServiceReply opened;
  opened.set_control(self.control_);
  self.answer(work.reply, std::move(opened));
  call_work given{std::move(*work.request.mutable_body()),
                  call(work.method->name, work.request.trace_id(), work.deadline, work.shard),
                  self.shape_.shards, &outlet};
  auto outcome = co_await with_deadline(work.deadline, call_method(self, *work.method, given));
  self.count(outcome, work);
  co_await stream_outlet::end(outlet, self.shape_, outcome.error(), given.context.text());
  self.outlets_.erase(outlet.id());
}

task<result<std::string>> host_state::call_method(host_state& self, const served_method& method,
                                                  call_work& work) {
  std::string failure;
  try {
    co_return co_await method.run(*self.service_, work);
  } catch (const std::exception& thrown) {
    failure = thrown.what();
  } catch (...) {
    failure = "what is no std::exception";
  }
  log(log_level::error, std::string(self.shape_.name) + '.' + std::string(method.name) +
                            " ended with an exception: " + failure);
  co_return errc::handler_failed;
}

void host_state::count(const result<std::string>& outcome, const arrival& work) {
  if (outcome) {
    ++statistics_.replies;
    return;
  }
  ++statistics_.failures;
  if (outcome.error() == errc::timed_out && work.deadline <= home_.now())
    ++statistics_.cut;
}

void host_state::answer(bus_reply& reply, v1::ServiceReply message) {
  if (!bus_)
    return;
  message.set_version(service_wire_version);
  reply.answer(payload_of(message));
}

void host_state::end_call(std::uint64_t number) {
  running_.erase(number);
  statistics_.in_work = running_.size();
  if (bus_)
    begin_waiting();
}

void host_state::stop_shard(std::uint32_t shard) {
  for (auto& each : running_)
    if (each.second.shard == shard)
      each.second.task->cancel(errc::shutting_down);
  const auto in_shard = [shard](const arrival& each) { return each.shard == shard; };
  for (arrival& each : waiting_)
    if (in_shard(each))
      refuse_moved(each.reply);
  std::erase_if(waiting_, in_shard);
  statistics_.waiting = waiting_.size();
}

// -- streams --------------------------------------------------------------------------------------

result<void> host_state::publish(const std::string& subject, const v1::StreamItem& item) {
  if (!bus_)
    return errc::closed_locally;
  return bus_->publish(subject, payload_of(item));
}

void host_state::stop_call(std::uint64_t call, errc reason) {
  if (const auto found = running_.find(call); found != running_.end())
    found->second.task->cancel(reason);
}

void host_state::on_published(const net::shared_bytes& payload) {
  v1::StreamControl control;
  if (!read_payload(payload, control))
    ++statistics_.malformed;
  else if (const auto found = outlets_.find(control.stream()); found != outlets_.end())
    found->second->on_control(control);
}

}  // namespace actornet::cluster::detail

#include "actornet/cluster/detail/client_state.hpp"

#include <cassert>
#include <utility>

#include "actornet/cluster/detail/inbox_name.hpp"

namespace actornet::cluster::detail {

namespace {

net::loop& this_loop() {
  net::loop* const home = net::loop::current();
  assert(home && "a client is made on the loop that asks");
  return *home;
}

// A request is in work from here to the end of the task that asks.
class counted_in {
 public:
  explicit counted_in(client_statistics& in) noexcept : in_(in) {
    ++in_.requests;
    ++in_.in_work;
  }
  ~counted_in() { --in_.in_work; }
  counted_in(const counted_in&) = delete;
  counted_in& operator=(const counted_in&) = delete;

 private:
  client_statistics& in_;
};

}  // namespace

client_state::client_state(bus& over, const service_shape& shape, const client_options& options)
    : home_(this_loop()), bus_(&over), shape_(shape), options_(options) {}

void client_state::close() {
  closed_ = true;
  for (const auto& each : std::exchange(inlets_, {}))
    each.second->fail(errc::closed_locally);
  hears_items_.end();
}

v1::ServiceRequest client_state::request_of(const question& what) {
  v1::ServiceRequest request;
  request.set_version(service_wire_version);
  request.set_method(std::string(what.method));
  request.set_trace_id(what.how.trace_id != 0 ? what.how.trace_id : home_.random());
  request.set_body(what.body);
  return request;
}

task<answer<std::string>> client_state::ask(std::shared_ptr<client_state> self, question what) {
  const counted_in counted(self->statistics_);
  const v1::ServiceRequest request = self->request_of(what);
  auto got = co_await try_until_over(*self, what, request);
  if (got && !got->has_body()) {
    ++self->statistics_.malformed;
    got = errc::message_malformed;
  }
  self->count(got.error());
  if (!got)
    co_return {got.error(), got.text()};
  co_return std::move(*got->mutable_body());
}

// A stream is opened once: only when nothing was begun is it tried again.
task<answer<std::unique_ptr<stream_inlet>>> client_state::open(std::shared_ptr<client_state> self,
                                                               question what) {
  const counted_in counted(self->statistics_);
  if (self->closed_) {
    self->count(errc::closed_locally);
    co_return errc::closed_locally;
  }
  if (self->inlets_.size() >= self->options_.streams_max) {
    self->count(errc::mailbox_full);
    co_return errc::mailbox_full;
  }
  if (self->inbox_.empty()) {
    self->inbox_ = inbox_name(self->home_);
    self->hears_items_ = self->bus_->subscribe(self->inbox_, *self);
  }
  what.idempotent = false;
  v1::ServiceRequest request = self->request_of(what);
  auto inlet = std::make_unique<stream_inlet>(self, self->home_, self->home_.random(), self->shape_,
                                              self->options_, what.how.deadline);
  self->inlets_.emplace(inlet->id(), inlet.get());
  self->statistics_.streams = self->inlets_.size();
  request.mutable_stream()->set_id(inlet->id());
  request.mutable_stream()->set_inbox(self->inbox_);
  request.mutable_stream()->set_credit(inlet->window());
  auto got = co_await try_until_over(*self, what, request);
  if (got && !got->has_control()) {
    ++self->statistics_.malformed;
    got = errc::message_malformed;
  }
  self->count(got.error());
  if (!got)
    co_return {got.error(), got.text()};
  inlet->opened(got->control());
  co_return std::move(inlet);
}

// Each request ends as exactly one of these.
void client_state::count(std::error_code error) {
  if (!error)
    ++statistics_.replies;
  else if (shape_.errors && error.category() == *shape_.errors)
    ++statistics_.own_errors;
  else if (error == errc::timed_out)
    ++statistics_.timed_out;
  else if (error == errc::unavailable)
    ++statistics_.unavailable;
  else if (error == errc::disconnected)
    ++statistics_.disconnected;
  else if (error == errc::overloaded)
    ++statistics_.overloaded;
  else
    ++statistics_.other_errors;
}

void client_state::not_a_reply() {
  ++statistics_.malformed;
  --statistics_.replies;
  count(errc::message_malformed);
}

// -- streams --------------------------------------------------------------------------------------

void client_state::publish(const std::string& subject, const v1::StreamControl& control) {
  (void)bus_->publish(subject, payload_of(control));
}

void client_state::remove(std::uint64_t stream) {
  inlets_.erase(stream);
  statistics_.streams = inlets_.size();
}

void client_state::on_published(const net::shared_bytes& payload) {
  v1::StreamItem item;
  if (!read_payload(payload, item)) {
    ++statistics_.malformed;
    return;
  }
  const auto found = inlets_.find(item.stream());
  if (found != inlets_.end() && !found->second->on_item(std::move(item)))
    ++statistics_.malformed;
}

}  // namespace actornet::cluster::detail

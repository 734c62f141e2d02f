#include "actornet/cluster/detail/stream_outlet.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "actornet/flow/time.hpp"

namespace actornet::cluster::detail {

stream_outlet::stream_outlet(net::loop& home, outlet_host& host, std::uint64_t call,
                             outlet_times times, const v1::StreamOpening& opening)
    : home_(home),
      host_(host),
      call_(call),
      times_(times),
      id_(opening.id()),
      inbox_(opening.inbox()),
      granted_(opening.credit()),
      heard_at_(home.now()) {
  home_.timers().arm(timer_, net::deadline_after(home_.now(), times_.heartbeat));
}

// -- credit ---------------------------------------------------------------------------------------

bool stream_outlet::credit_wait::await_ready() {
  if (context().cancelled())
    refused_ = context().cancel_reason();
  return refused_ != errc{} || (of_->may_send() && spend_credit());
}

void stream_outlet::credit_wait::await_suspend(std::coroutine_handle<> task) {
  park(task);
  if (of_->may_send()) {
    wake_later();
    return;
  }
  assert(!of_->waiting_ && "one send of a stream at a time");
  of_->waiting_ = this;
}

result<void> stream_outlet::credit_wait::await_resume() const noexcept {
  if (refused_ != errc{})
    return refused_;
  return {};
}

void stream_outlet::credit_wait::abandon(errc reason) {
  of_->waiting_ = nullptr;
  refused_ = reason;
  wake();
}

void stream_outlet::on_control(const v1::StreamControl& control) {
  heard_at_ = home_.now();
  if (control.cancel()) {
    host_.stop_call(call_, errc::cancelled);
    return;
  }
  granted_ = std::max(granted_, control.credit());
  if (waiting_ && may_send())
    std::exchange(waiting_, nullptr)->wake();
}

// -- items ----------------------------------------------------------------------------------------

v1::StreamItem stream_outlet::next_item() const {
  v1::StreamItem item;
  item.set_version(service_wire_version);
  item.set_stream(id_);
  item.set_sequence(sent_ + 1);
  return item;
}

task<result<void>> stream_outlet::send(stream_outlet& self, std::string body) {
  for (;;) {
    const auto granted = co_await credit_wait(self);
    if (!granted)
      co_return granted.error();
    v1::StreamItem item = self.next_item();
    item.set_body(body);
    const auto published = self.host_.publish(self.inbox_, item);
    if (published) {
      ++self.sent_;
      co_return published;
    }
    if (published.error() != errc::mailbox_full)
      co_return published.error();
    const auto slept = co_await sleep(busy_pause);
    if (!slept)
      co_return slept.error();
  }
}

// An asker that does not get it notices the silence.
task<> stream_outlet::end(stream_outlet& self, const service_shape& shape, std::error_code error,
                          std::string text) {
  v1::StreamItem last = self.next_item();
  v1::StreamEnd& end = *last.mutable_end();
  if (error)
    write_failure(*end.mutable_failure(), shape, error, std::move(text));
  for (int tries = 0; tries < end_tries_max; ++tries) {
    const auto published = self.host_.publish(self.inbox_, last);
    if (published.error() != errc::mailbox_full)
      break;
    const auto slept = co_await sleep(busy_pause);
    if (!slept)
      break;
  }
}

void stream_outlet::tick() {
  if (home_.now() - heard_at_ >= times_.silence_max) {
    host_.stop_call(call_, errc::disconnected);
    return;
  }
  v1::StreamItem alive = next_item();
  alive.set_sequence(sent_);
  (void)host_.publish(inbox_, alive);
  home_.timers().arm(timer_, net::deadline_after(home_.now(), times_.heartbeat));
}

}  // namespace actornet::cluster::detail

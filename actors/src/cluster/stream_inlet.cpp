#include "actornet/cluster/detail/stream_inlet.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace actornet::cluster::detail {

stream_inlet::stream_inlet(std::shared_ptr<inlet_owner> owner, net::loop& home, std::uint64_t id,
                           const service_shape& shape, const client_options& options,
                           net::time_point deadline)
    : owner_(std::move(owner)),
      home_(home),
      id_(id),
      shape_(shape),
      window_(std::max(options.stream_credit, std::uint32_t{1})),
      heartbeat_(options.heartbeat),
      silence_max_(options.silence_max),
      deadline_(deadline),
      granted_(window_),
      heard_at_(home.now()) {}

stream_inlet::~stream_inlet() {
  assert(!waiting_ && "a stream must outlive who receives from it");
  if (!ended_)
    tell_server(true);
  owner_->remove(id_);
}

void stream_inlet::opened(std::string control) {
  control_ = std::move(control);
  heard_at_ = home_.now();
  if (ended_)
    tell_server(true);
  else
    arm();
}

bool stream_inlet::on_item(v1::StreamItem item) {
  if (ended_)
    return true;
  heard_at_ = home_.now();
  const bool counts = item.kind_case() != v1::StreamItem::KIND_NOT_SET;
  if (item.sequence() != received_ + (counts ? 1 : 0)) {
    fail(errc::dropped);
    return false;
  }
  if (item.has_body()) {
    if (received_ >= granted_) {
      fail(errc::message_malformed);
      return false;
    }
    ++received_;
    items_.push_back(std::move(*item.mutable_body()));
    if (waiting_)
      std::exchange(waiting_, nullptr)->on_ready();
  } else if (item.has_end()) {
    if (item.end().has_failure())
      end(read_failure(item.end().failure(), shape_), item.end().failure().text());
    else
      end(errc::end_of_stream);
  }
  return true;
}

void stream_inlet::end(std::error_code why, std::string text) {
  if (ended_)
    return;
  ended_ = true;
  why_ = why;
  text_ = std::move(text);
  home_.timers().remove(timer_);
  if (waiting_)
    std::exchange(waiting_, nullptr)->on_ready();
}

void stream_inlet::fail(std::error_code why) {
  if (!ended_)
    tell_server(true);
  end(why);
}

void stream_inlet::spoil() {
  fail(errc::message_malformed);
  items_.clear();
  why_ = errc::message_malformed;
}

result<std::string> stream_inlet::take() {
  if (items_.empty())
    return why_;
  std::string oldest = std::move(items_.front());
  items_.pop_front();
  ++taken_;
  grant();
  return oldest;
}

// -- what the server hears ------------------------------------------------------------------------

// In steps of half a window: a control costs as much as an item.
void stream_inlet::grant() {
  const std::uint64_t room = taken_ + window_;
  if (ended_ || (room - granted_) * 2 < window_)
    return;
  granted_ = room;
  tell_server(false);
}

// One that is lost is made up for by the next.
void stream_inlet::tell_server(bool cancel) {
  if (control_.empty())
    return;
  v1::StreamControl control;
  control.set_version(service_wire_version);
  control.set_stream(id_);
  control.set_credit(granted_);
  control.set_cancel(cancel);
  owner_->publish(control_, control);
}

void stream_inlet::tick() {
  const net::time_point now = home_.now();
  if (deadline_ <= now) {
    fail(errc::timed_out);
  } else if (now - heard_at_ >= silence_max_) {
    fail(errc::disconnected);
  } else {
    tell_server(false);
    arm();
  }
}

void stream_inlet::arm() {
  const auto next = net::deadline_after(home_.now(), heartbeat_);
  home_.timers().arm(timer_, std::min(next, deadline_));
}

// -- the wait -------------------------------------------------------------------------------------

bool inlet_wait::await_ready() {
  if (context().cancelled())
    refused_ = context().cancel_reason();
  return refused_ != errc{} || (of_->ready() && spend_credit());
}

void inlet_wait::await_suspend(std::coroutine_handle<> task) {
  park(task);
  if (of_->ready()) {
    wake_later();
    return;
  }
  assert(!of_->waiting_ && "a stream is received from by one task at a time");
  of_->waiting_ = this;
}

void inlet_wait::enlist_as_alternative(wait_point& whole, actornet::detail::claim_word& claim,
                                       std::uint32_t number) noexcept {
  whole_ = &whole;
  claim_ = &claim;
  number_ = number;
  of_->waiting_ = this;
}

void inlet_wait::on_ready() {
  if (!claim_)
    wake();
  else if (claim_->claim(number_))
    actornet::detail::wake_from_anywhere(*whole_);
}

result<std::string> inlet_wait::take() {
  if (refused_ != errc{})
    return refused_;
  return of_->take();
}

void inlet_wait::abandon(errc reason) {
  of_->waiting_ = nullptr;
  refused_ = reason;
  wake();
}

}  // namespace actornet::cluster::detail

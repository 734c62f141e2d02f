#include "actornet/connection_control.hpp"

#include <algorithm>
#include <condition_variable>
#include <limits>

#include "actornet/detail/connection_core.hpp"

namespace actornet {

namespace {
std::atomic<std::uint64_t> next_connection_id{1};
}

connection_control::connection_control(net::loop& home, detail::connection_core& target,
                                       const net::stream& bytes, const connection_limits& limits)
    : home_(home),
      target_(&target),
      bytes_max_(bytes.options().output_bytes_max),
      message_bytes_max_(bytes.options().framing == net::framing::raw
                             ? std::numeric_limits<std::size_t>::max()
                             : bytes.options().frame_bytes_max),
      limits_(limits),
      text_(bytes.text()),
      id_(next_connection_id.fetch_add(1, std::memory_order_relaxed)) {}

result<delivery> connection_control::send(net::shared_bytes payload,
                                          net::output_queue::conflation_key key) {
  if (!open())
    return errc::stale_reference;
  if (!home_.in_loop())
    return put_in_mailbox(std::move(payload), key);
  auto* const target = target_in_order();
  if (!target)
    return errc::stale_reference;
  if (const auto offered = target->bytes().offer(payload, key); !offered)
    return offered.error();
  return delivery::sent;
}

result<delivery> connection_control::send(const encodable& message,
                                          net::output_queue::conflation_key key) {
  if (!open())
    return errc::stale_reference;
  if (text_) [[unlikely]]
    return send_text(message, key);
  if (!home_.in_loop()) {
    net::shared_bytes payload{net::block_ref::make(message.bytes), {}};
    message.write(message.message, payload.memory.bytes());
    payload.payload = payload.memory.bytes();
    return put_in_mailbox(std::move(payload), key);
  }
  auto* const target = target_in_order();
  if (!target)
    return errc::stale_reference;
  const auto space = target->bytes().offer_space(message.bytes, key);
  if (!space)
    return space.error();
  message.write(message.message, *space);
  return delivery::sent;
}

result<delivery> connection_control::send_text(const encodable& message,
                                               net::output_queue::conflation_key key) {
  auto text = message.text(message.message);
  return text ? send(*std::move(text), key) : result<delivery>(text.error());
}

// What the same sender sent from another loop before it moved here must not be overtaken.
detail::connection_core* connection_control::target_in_order() {
  if (has_mail_.load(std::memory_order_acquire))
    deliver_mailbox();
  return target_ && target_->bytes().is_open() ? target_ : nullptr;
}

result<delivery> connection_control::put_in_mailbox(net::shared_bytes payload,
                                                    net::output_queue::conflation_key key) {
  const std::size_t bytes = payload.payload.size();
  if (bytes > message_bytes_max_)
    return errc::message_too_large;
  const std::lock_guard guard(mutex_);
  if (!open())
    return errc::stale_reference;
  if (mailbox_.size() >= limits_.travelling_messages_max || mailbox_bytes_ + bytes > bytes_max_)
    return errc::mailbox_full;
  mailbox_bytes_ += bytes;
  mailbox_.push_back({std::move(payload), key});
  schedule();
  return delivery::queued;
}

void connection_control::close(errc reason) {
  if (!open())
    return;  // its loop may be gone
  if (home_.in_loop()) {
    if (target_)
      target_->kill(reason);
    return;
  }
  const std::lock_guard guard(mutex_);
  if (close_reason_ == errc{})
    close_reason_ = reason;
  schedule();
}

// Under mutex_. The entry in the loop's queue holds a reference. The loop of a connection that is
// closed may be gone.
void connection_control::schedule() {
  if (!open())
    return;
  has_mail_.store(true, std::memory_order_release);
  if (std::exchange(scheduled_, true))
    return;
  references_.fetch_add(1, std::memory_order_relaxed);
  home_.post({[](void* context) {
                const control_ref self(static_cast<connection_control*>(context));
                {
                  const std::lock_guard guard(self->mutex_);
                  self->scheduled_ = false;
                }
                self->deliver_mailbox();
              },
              this});
}

void connection_control::deliver_mailbox() {
  errc reason{};
  bool anybody_blocked = false;
  {
    const std::lock_guard guard(mutex_);
    reason = std::exchange(close_reason_, errc{});
    anybody_blocked = !blocked_.empty();
  }
  deliver_messages();
  if (anybody_blocked)
    serve_blocked();
  if (target_ && reason != errc{})
    target_->kill(reason);
  if (target_ && requests_watched_.load())
    target_->on_requests_changed();
}

void connection_control::deliver_messages() {
  std::vector<travelling> messages;
  {
    const std::lock_guard guard(mutex_);
    has_mail_.store(close_reason_ != errc{}, std::memory_order_relaxed);
    messages.swap(mailbox_);
    mailbox_bytes_ = 0;
  }
  for (auto& each : messages) {
    const auto offered = target_ ? target_->bytes().offer(each.payload, each.key)
                                 : result<void>(errc::stale_reference);
    // The sender was told `queued`. What the overflow policy does is counted there.
    if (!offered && offered.error() != errc::mailbox_full && offered.error() != errc::dropped)
      home_.counted.messages_rejected.add();
  }
}

// -- blocked threads ------------------------------------------------------------------------------

// Stands on the stack of the thread that waits; guarded by mutex_.
struct connection_control::blocked_sender {
  const net::shared_bytes& payload;
  std::condition_variable changed;
  bool over = false;
  result<delivery> outcome = delivery::sent;

  void end(result<delivery> how) {
    outcome = how;
    over = true;
    changed.notify_one();
  }
};

result<delivery> connection_control::send_blocking(const net::shared_bytes& payload,
                                                   net::time_point deadline) {
  constexpr net::duration wait_max = std::chrono::hours(1);  // no more is certain not to overflow
  if (net::loop::current())
    return errc::would_block_loop;
  std::unique_lock lock(mutex_);
  if (!open())
    return errc::stale_reference;
  blocked_sender mine{payload, {}};
  blocked_.push_back(&mine);
  schedule();
  while (!mine.over) {  // until then the connection is there, and its loop
    const net::duration left = deadline - home_.driver().now();
    if (left <= net::duration::zero()) {
      std::erase(blocked_, &mine);
      return errc::timed_out;
    }
    mine.changed.wait_for(lock, std::min(left, wait_max));
  }
  return mine.outcome;
}

void connection_control::serve_blocked() {
  const std::lock_guard guard(mutex_);
  auto next = blocked_.begin();
  for (; next != blocked_.end() && target_ && !target_->bytes().above_high(); ++next) {
    const auto offered = target_->bytes().is_open() ? target_->bytes().offer((*next)->payload)
                                                    : result<void>(errc::stale_reference);
    (*next)->end(offered ? result<delivery>(delivery::sent) : result<delivery>(offered.error()));
  }
  blocked_.erase(blocked_.begin(), next);
  if (!blocked_.empty() && target_)
    target_->want_room_for_blocked();
}

net::time_point connection_control::now() const {
  const std::lock_guard guard(mutex_);
  return open() ? home_.driver().now() : net::never;
}

void connection_control::detach(errc reason) {
  target_ = nullptr;
  {
    const std::lock_guard guard(mutex_);
    open_.store(false, std::memory_order_release);
    for (blocked_sender* const each : blocked_)
      each->end(errc::stale_reference);
    blocked_.clear();
  }
  for (auto told = std::move(observers_); told; told = std::move(told->next_))
    told->on_closed(reason);
}

void connection_control::observe(std::unique_ptr<connection_observer> observer) {
  observer->next_ = std::move(observers_);
  observers_ = std::move(observer);
}

// The count goes down before the flag is read, and the connection sets the flag before it reads the
// count: one of both sees the other.
void connection_control::end_request(std::size_t bytes) {
  load_.fetch_sub(one_request + bytes);
  if (!requests_watched_.load())
    return;
  const std::lock_guard guard(mutex_);
  schedule();
}

}  // namespace actornet

#include <algorithm>
#include <cstring>

#include "actornet/net/stream.hpp"

namespace actornet::net {

result<void> stream::check_output(std::size_t bytes) const noexcept {
  if (!is_open())
    return input_end_ == errc{} ? errc::closed_locally : input_end_;
  if (bytes > options_->frame_bytes_max && options_->framing != framing::raw)
    return errc::message_too_large;
  return {};
}

result<void> stream::check_payload(std::span<const std::byte> payload) const noexcept {
  if (options_->framing == framing::line && !payload.empty() &&
      std::memchr(payload.data(), '\n', payload.size()))
    return errc::frame_malformed;
  return check_output(payload.size());
}

result<void> stream::write(std::span<const std::byte> payload) {
  if (auto allowed = check_payload(payload); !allowed)
    return allowed;
  output_.append(loop_.blocks(), encode_frame(options_->framing, payload.size()), payload);
  wrote_message();
  return {};
}

result<std::span<std::byte>> stream::write_space(std::size_t bytes) {
  if (auto allowed = check_output(bytes); !allowed)
    return allowed.error();
  return append_space(bytes, 0);
}

result<std::span<std::byte>> stream::offer_space(std::size_t bytes,
                                                 output_queue::conflation_key key) {
  if (auto room = make_room(bytes, key); !room)
    return room.error();
  return append_space(bytes, key);
}

result<void> stream::offer(const shared_bytes& payload, output_queue::conflation_key key) {
  const std::size_t bytes = payload.payload.size();
  if (auto allowed = check_payload(payload.payload); !allowed)
    return allowed;
  if (auto room = make_room(bytes, key); !room)
    return room;
  output_.append(loop_.blocks(), encode_frame(options_->framing, bytes), payload, key);
  wrote_message();
  return {};
}

std::span<std::byte> stream::append_space(std::size_t bytes, output_queue::conflation_key key) {
  const auto envelope = encode_frame(options_->framing, bytes);
  const auto space = output_.append_space(
      loop_.blocks(), envelope.prefix_bytes + bytes + envelope.suffix_bytes, key);
  std::memcpy(space.data(), envelope.prefix.data(), envelope.prefix_bytes);
  if (envelope.suffix_bytes > 0)
    space.back() = std::byte{'\n'};
  wrote_message();
  return space.subspan(envelope.prefix_bytes, bytes);
}

// The overflow policy.
result<void> stream::make_room(std::size_t bytes, output_queue::conflation_key key) {
  if (auto allowed = check_output(bytes); !allowed)
    return allowed;
  const auto envelope = encode_frame(options_->framing, bytes);
  const std::size_t wire_bytes = envelope.prefix_bytes + bytes + envelope.suffix_bytes;
  const auto fits = [this, wire_bytes] {
    return output_.bytes() + wire_bytes <= options_->output_bytes_max;
  };
  counters& counted = loop_.counted;
  switch (options_->overflow) {
    case overflow_policy::conflate:
      if (key != 0 && output_.drop_key(key))
        counted.messages_dropped.add();
      break;
    case overflow_policy::drop_oldest:
      while (!fits() && output_.drop_oldest())
        counted.messages_dropped.add();
      break;
    default:
      break;
  }
  if (fits())
    return {};
  switch (options_->overflow) {
    case overflow_policy::close:
      close(errc::slow_consumer);
      return errc::slow_consumer;
    case overflow_policy::drop_newest:
    case overflow_policy::drop_oldest:
      counted.messages_dropped.add();
      return errc::dropped;
    case overflow_policy::reject:
    case overflow_policy::conflate:
      break;
  }
  counted.messages_rejected.add();
  return errc::mailbox_full;
}

void stream::wrote_message() {
  last_frame_ = state_ == state::handshaking ? last_frame_ : loop_.now();
  loop_.counted.frames_sent.add();
  if (!in_turn_)
    loop_.flush_later(*this);
}

void stream::yield_room() {
  if (state_ == state::closed)
    return;
  room_due_ = true;
  transport_->run_owner(loop_);
}

void stream::flush() {
  if (state_ == state::closed || state_ == state::lingering)
    return;
  if (filter_) {
    flush_filtered();
    if (wire_->all_sent()) {  // an idle connection keeps nothing
      loop_.give_back_wire(std::move(wire_->bytes));
      *wire_ = {};
    }
  } else {
    flush_plain();
  }
  after_flush();
}

void stream::flush_plain() {
  std::array<std::span<const std::byte>, output_queue::parts_max> parts;
  while (!write_armed_ && !output_.empty()) {
    const auto waiting = output_.gather(parts);
    std::size_t tried = 0;
    for (const auto& part : waiting)
      tried += part.size();
    const io_result outcome = transport_->write_some(waiting);
    if (!sent(outcome, tried))
      return;
    output_.consume(loop_.blocks(), outcome.bytes);
  }
}

// Queue of plain messages -> filter -> wire bytes -> socket.
void stream::flush_filtered() {
  while (!write_armed_ && (!wire_->all_sent() || fill_wire())) {
    const std::span<const std::byte> waiting =
        std::span<const std::byte>(wire_->bytes).subspan(wire_->sent);
    const io_result outcome = transport_->write_some(std::span(&waiting, 1));
    if (!sent(outcome, waiting.size()))
      return;
    wire_->sent += outcome.bytes;
  }
}

bool stream::fill_wire() {
  wire_->sent = 0;
  if (wire_->bytes.capacity() == 0)
    wire_->bytes = loop_.take_wire();
  wire_->bytes.clear();
  if (!output_.empty() && !in_handshake()) {
    if (!filter_output())
      return false;
  } else if (state_ == state::draining && !std::exchange(farewell_made_, true)) {
    filter_->ending(close_reason_, wire_->bytes);
  }
  return !wire_->bytes.empty();
}

// What waits, up to about `filtered_bytes_max` and at least one part, as one write.
bool stream::filter_output() {
  std::array<std::span<const std::byte>, output_queue::parts_max> parts;
  std::size_t taken = 0;
  for (const auto& part : output_.gather(parts)) {
    if (taken > 0 && taken + part.size() > filtered_bytes_max)
      break;
    const auto outcome = filter_->sending(part, wire_->bytes);
    if (outcome.state == filter::status::error) {
      close(outcome.error);
      return false;
    }
    taken += part.size();
  }
  output_.consume(loop_.blocks(), taken);
  return true;
}

// Whether something was sent; arms for the rest.
bool stream::sent(const io_result& outcome, std::size_t tried) {
  if (outcome.state == io_result::status::error) {
    close(outcome.reason());
    return false;
  }
  loop_.counted.bytes_sent.add(outcome.bytes);
  if (unsent_since_ != never) {
    unsent_mark_ -= static_cast<std::uint32_t>(std::min<std::size_t>(unsent_mark_, outcome.bytes));
    if (unsent_mark_ == 0)
      unsent_since_ = never;
  }
  if (outcome.bytes < tried) {
    write_armed_ = true;
    transport_->arm_write();
    if (unsent_since_ == never) {
      unsent_since_ = loop_.now();
      unsent_mark_ = static_cast<std::uint32_t>(tried - outcome.bytes);
      arm_limits();
    }
  }
  return outcome.bytes > 0;
}

void stream::after_flush() {
  if (state_ == state::closed)
    return;
  if (wants_room_ && output_.bytes() <= options_->output_high_bytes / 2) {
    wants_room_ = false;
    room_due_ = true;
    transport_->run_owner(loop_);
  }
  const bool all_sent = output_.empty() && (!filter_ || (wire_->all_sent() && farewell_made_));
  if (state_ == state::draining && all_sent)
    linger();
}

}  // namespace actornet::net

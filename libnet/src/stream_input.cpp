#include <cassert>
#include <utility>

#include "actornet/net/stream.hpp"
#include "poison.hpp"

namespace actornet::net {

stream::next stream::next_frame() noexcept {
  if (!input_.empty()) {
    const auto found = decoder_.decode(input_);
    switch (found.state) {
      case frame_decoder::status::frame:
        input_ = input_.subspan(found.consumed);
        last_frame_ = loop_.now();
        frame_began_ = never;
        loop_.counted.frames_received.add();
        if (state_ == state::handshaking)
          enter(state::open);
        return {next::status::frame, found.payload};
      case frame_decoder::status::error:
        input_end_ = errc{};  // what is malformed came before the end
        end_input(found.error);
        input_ = {};
        break;
      case frame_decoder::status::need_more:
        if (input_end_ == errc::end_of_stream)
          input_end_ = errc::frame_truncated;
        if (input_end_ != errc{})
          input_ = {};
        else if (frame_began_ == never) {
          frame_began_ = loop_.now();
          arm_limits();
        }
        break;
    }
  }
  if (input_end_ != errc{})
    return {next::status::ended, {}, input_end_};
  return {};
}

bool stream::has_next() const noexcept {
  frame_decoder looking = decoder_;  // a look must not change what it knows
  return input_end_ != errc{} ||
         (!input_.empty() && looking.decode(input_).state != frame_decoder::status::need_more);
}

void stream::want_input() {
  if (state_ == state::closed)
    return;
  wants_input_ = true;
  if (input_.empty() && held_.capacity() > 0)
    std::exchange(held_, {});  // the last frame is not in use; an idle connection keeps nothing
  if (!in_turn_)
    arm_read();
}

void stream::refuse_input(errc reason) noexcept {
  input_ = {};
  input_end_ = reason;
}

void stream::yield_input() {
  if (state_ == state::closed)
    return;
  wants_input_ = true;
  transport_->run_owner(loop_);
}

void stream::stop_input() {
  if (!is_open() || sweeping_ || input_end_ != errc{})
    return;
  sweeping_ = true;
  if (wants_input_)
    transport_->run_owner(loop_);
}

void stream::read_input() {
  const auto buffer = loop_.read_buffer();
  unpoison(buffer);
  const io_result outcome = transport_->read_some(buffer);
  switch (outcome.state) {
    case io_result::status::ok:
      loop_.counted.bytes_received.add(outcome.bytes);
      wait_for_peer();
      if (state_ == state::lingering)
        return;  // discarded
      take_bytes(buffer.first(outcome.bytes));
      swept_bytes_ += sweeping_ ? static_cast<std::uint32_t>(outcome.bytes) : 0;
      if (swept_bytes_ > sweep_bytes_max)
        end_input(errc::shutting_down);
      return;
    case io_result::status::would_block:
      if (sweeping_)
        end_input(errc::shutting_down);
      return;
    case io_result::status::end_of_stream:
      socket_ended_ = true;
      return state_ == state::lingering ? close(close_reason_) : end_input(errc::end_of_stream);
    case io_result::status::error:
      return close(state_ == state::lingering ? close_reason_ : outcome.reason());
  }
}

void stream::take_bytes(std::span<std::byte> bytes) {
  if (filter_)
    take_filtered(bytes);
  else if (input_.empty())
    input_ = bytes;
  else
    append_held(bytes);
}

void stream::take_filtered(std::span<const std::byte> bytes) {
  append_held({});
  const auto outcome = filter_->received(bytes, held_, wire_->bytes);
  input_ = held_;
  if (state_ == state::handshaking && !in_handshake()) {
    last_frame_ = loop_.now();  // the idle limit counts from here
    enter(state::open);
    open_due_ = true;
  }
  if (outcome.state == filter::status::end)
    end_input(errc::end_of_stream);
  else if (outcome.state == filter::status::error)
    end_input(outcome.error);
}

// Only a partial frame waits here: at most `frame_bytes_max`, its prefix and one read.
void stream::append_held(std::span<const std::byte> bytes) {
  if (input_.empty())
    held_.clear();
  else
    held_.erase(held_.begin(), held_.begin() + (input_.data() - held_.data()));
  held_.insert(held_.end(), bytes.begin(), bytes.end());
  input_ = held_;
}

std::span<const std::byte> stream::hold(std::span<const std::byte> frame) {
  const std::byte* const begin = frame.empty() ? input_.data() : frame.data();
  if (!in_loop_buffer(begin))
    return frame;
  const std::byte* const end = input_.data() + input_.size();
  assert(begin <= end);
  const auto input_offset = static_cast<std::size_t>(input_.data() - begin);
  held_.assign(begin, end);
  input_ = std::span<const std::byte>(held_).subspan(input_offset);
  return std::span<const std::byte>(held_).first(frame.size());
}

bool stream::in_loop_buffer(const std::byte* data) const noexcept {
  const auto buffer = loop_.read_buffer();
  return data >= buffer.data() && data < buffer.data() + buffer.size();
}

void stream::end_input(errc reason) noexcept {
  if (input_end_ == errc{})
    input_end_ = reason;
}

}  // namespace actornet::net

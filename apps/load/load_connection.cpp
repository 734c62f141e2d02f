#include "load_connection.hpp"

#include <utility>

namespace actornet::load {

void load_connection::open(net::loop& on, std::unique_ptr<net::transport> socket,
                           const net::stream_options& options) {
  stream_.emplace(on, std::move(socket), options, static_cast<net::stream_owner&>(*this));
  stream_->want_input();
}

void load_connection::release(std::uint64_t count) {
  released_ += count;
  send_released();
}

void load_connection::send_released() {
  while (is_open() && sent_ < released_ && sent_ - answered_ < window_) {
    if (const auto written = format_.write(*stream_, id_, sent_); !written)
      return lose("cannot send: " + written.error().message());
    ++sent_;
  }
}

void load_connection::flush() {
  if (is_open())
    stream_->flush();
}

void load_connection::shut() {
  lost_ = true;
  if (stream_)
    stream_->close(errc::closed_locally);
}

void load_connection::on_input() {
  const net::time_point now = stream_->home().fresh_now();
  for (;;) {
    const auto next = stream_->next_frame();
    if (next.state == net::stream::next::status::need_more)
      break;
    if (next.state == net::stream::next::status::ended)
      return lose_by_end(next.reason);
    if (!take(next.payload, now))
      return;
  }
  observer_.on_answers_told(*this, now);
  send_released();
  if (is_open())
    stream_->want_input();
}

// A frame, or with raw framing any number of answers and parts of them. False: it is lost.
bool load_connection::take(std::span<const std::byte> received, net::time_point now) {
  using verdict = message_format::checked::verdict;
  do {
    if (answered_ == sent_) {
      lose(std::to_string(received.size()) + " bytes more than it sent came back");
      return false;
    }
    const auto checked = format_.check(id_, answered_, partial_bytes_, received);
    if (checked.is == verdict::wrong) {
      lose("answer " + std::to_string(answered_) + " (" + std::to_string(received.size()) +
           " bytes) is wrong from byte " + std::to_string(checked.bytes) + " on");
      return false;
    }
    received = received.subspan(checked.bytes);
    partial_bytes_ += checked.bytes;
    if (checked.is == verdict::right) {
      partial_bytes_ = 0;
      observer_.on_answer(*this, answered_++, now);
    }
  } while (!received.empty());
  return is_open();
}

void load_connection::lose(const std::string& why) {
  if (std::exchange(lost_, true))
    return;
  stream_->close(errc::closed_locally);
  observer_.on_lost(*this, "connection " + std::to_string(id_) + ": " + why);
}

void load_connection::lose_by_end(errc reason) {
  lose(std::string(reason == errc::end_of_stream ? "closed by the server" : describe(reason)) +
       ", " + std::to_string(in_flight()) + " messages unanswered");
}

void load_connection::on_closed(errc reason) {
  lose_by_end(reason);
  observer_.on_closed(*this);
}

}  // namespace actornet::load

#include "chat_member.hpp"

#include <utility>

#include "actornet/chat/v1/chat.pb.h"
#include "actornet/proto/codec.hpp"

namespace actornet::load {

namespace {

template <class Message>
std::optional<Message> decoded(std::string_view bytes) {
  Message message;
  const auto view = std::as_bytes(std::span(bytes));
  if (proto::decode(view, message, view.size()) != proto::codec_error::none)
    return std::nullopt;
  return message;
}

chat_position place(const chat::v1::Position& position) {
  return {position.epoch(), position.offset()};
}

}  // namespace

void chat_member::open(net::loop& on, std::unique_ptr<net::transport> socket,
                       const net::stream_options& options, std::unique_ptr<net::filter> filter) {
  stream_.emplace(on, std::move(socket), options, static_cast<net::stream_owner&>(*this),
                  std::move(filter));
  stream_->want_input();
  check_written(format_.hello(*stream_, index_));
}

void chat_member::publish(net::time_point due) {
  const std::uint32_t sequence = published_++;
  const std::uint32_t request = chat_format::first_publish_request + sequence;
  check_written(
      format_.publish(*stream_, room_, request, format_.message_number(index_, sequence), due));
}

void chat_member::flush() {
  if (is_open())
    stream_->flush();
}

void chat_member::wake() {
  awake_ = true;
  if (is_open())
    stream_->want_input();
}

void chat_member::shut() {
  lost_ = true;
  if (stream_)
    stream_->close(errc::closed_locally);
}

void chat_member::on_input() {
  const net::time_point now = stream_->home().fresh_now();
  for (;;) {
    const auto next = stream_->next_frame();
    if (next.state == net::stream::next::status::need_more)
      break;
    if (next.state == net::stream::next::status::ended) {
      lose(next.reason == errc::end_of_stream ? "closed by the server" : describe(next.reason));
      return;
    }
    const auto* text = reinterpret_cast<const char*>(next.payload.data());
    if (!take({text, next.payload.size()}, now))
      return;
  }
  observer_.on_events_told(*this, now);
  if (is_open() && !(stalls_ && joined_ && !awake_))
    stream_->want_input();
}

// False: it is lost.
bool chat_member::take(std::string_view event, net::time_point now) {
  const auto envelope = read_envelope(event);
  if (!envelope)
    return lose("an event that is no Event");
  switch (envelope->kind) {
    case chat_kind::message:
      return take_message(envelope->content, now);
    case chat_kind::gap:
      return take_gap(envelope->content);
    case chat_kind::other:
    case chat_kind::draining:
      return true;
    default:
      return take_answer(*envelope);
  }
}

bool chat_member::take_answer(const chat_envelope& answer) {
  switch (answer.kind) {
    case chat_kind::welcome:
      if (answer.request == chat_format::hello_request)
        check_written(format_.join(*stream_, room_));
      return is_open();
    case chat_kind::joined:
      return take_joined(answer);
    case chat_kind::published:
      return take_published(answer);
    default:
      return take_failed(answer);
  }
}

bool chat_member::take_joined(const chat_envelope& answer) {
  const auto joined = decoded<chat::v1::Joined>(answer.content);
  if (!joined || answer.request != chat_format::join_request || std::exchange(joined_, true))
    return lose("a Joined that answers nothing");
  order_.begin(place(joined->newest()));
  observer_.on_joined(*this, joined->newest().offset());
  return is_open();
}

bool chat_member::answers_publish(std::uint32_t request) const noexcept {
  return request >= chat_format::first_publish_request && answered_ < published_;
}

bool chat_member::take_published(const chat_envelope& answer) {
  const auto published = decoded<chat::v1::Published>(answer.content);
  if (!published || published->again() || !answers_publish(answer.request))
    return lose("a Published that answers nothing");
  ++answered_;
  observer_.on_published(*this, published->position().offset(), published->id());
  return is_open();
}

bool chat_member::take_failed(const chat_envelope& answer) {
  const auto failed = decoded<chat::v1::Failed>(answer.content);
  if (!failed)
    return lose("a Failed that cannot be read");
  const std::string why =
      "failure " + std::to_string(static_cast<int>(failed->code())) + ", " + failed->text();
  if (!answers_publish(answer.request))
    return lose(why);
  ++answered_;
  observer_.on_refused(*this, why);
  return is_open();
}

bool chat_member::take_message(std::string_view message, net::time_point now) {
  const auto delivery = read_delivery(message);
  if (!delivery)
    return lose("a Message that cannot be read");
  order_.take(delivery->position, counts_);
  observer_.on_message(*this, *delivery, now);
  return is_open();
}

bool chat_member::take_gap(std::string_view bytes) {
  const auto gap = decoded<chat::v1::Gap>(bytes);
  if (!gap)
    return lose("a Gap that cannot be read");
  order_.take_gap(place(gap->from()), place(gap->to()), counts_);
  observer_.on_gap(*this, gap->from().offset(), gap->to().offset());
  return is_open();
}

void chat_member::check_written(const result<void>& written) {
  if (!written)
    lose("cannot send: " + written.error().message());
}

bool chat_member::lose(const std::string& why) {
  if (std::exchange(lost_, true))
    return false;
  stream_->close(errc::closed_locally);
  observer_.on_lost(*this, "member " + std::to_string(index_) + ": " + why);
  return false;
}

void chat_member::on_closed(errc reason) {
  lose(describe(reason));
  observer_.on_closed(*this);
}

}  // namespace actornet::load

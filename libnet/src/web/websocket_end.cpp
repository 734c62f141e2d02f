#include "websocket_end.hpp"

#include <utility>

namespace actornet::web {

namespace {

net::websocket_close close_code_of(errc reason) noexcept {
  switch (reason) {
    case errc::shutting_down:
      return net::websocket_close::going_away;
    case errc::message_malformed:
      return net::websocket_close::invalid_payload;
    case errc::frame_too_large:
      return net::websocket_close::message_too_big;
    case errc::slow_consumer:
    case errc::write_timeout:
    case errc::idle_timeout:
      return net::websocket_close::policy_violation;
    case errc::handler_failed:
      return net::websocket_close::internal_error;
    default:
      return net::websocket_close::normal;
  }
}

}  // namespace

net::filter::outcome websocket_end::received(std::span<const std::byte> bytes, bytes_to& plain,
                                             bytes_to& wire) {
  return codec_ ? codec_->received(bytes, plain, wire) : shaking_hands(bytes, plain, wire);
}

net::filter::outcome websocket_end::sending(std::span<const std::byte> plain, bytes_to& wire) {
  return codec_->sending(plain, wire);
}

void websocket_end::ending(errc reason, bytes_to& wire) {
  if (codec_)
    codec_->close(close_code_of(reason), {}, wire);
}

void websocket_end::ping(bytes_to& wire) {
  if (codec_)
    codec_->ping(wire);
}

void websocket_end::open(net::websocket_rules rules, const websocket_end_options& options,
                         const subprotocol* chosen,
                         std::unique_ptr<net::websocket_compression> compression) {
  rules.kind = chosen ? chosen->kind : options.kind;
  rules.message_bytes_max = options.message_bytes_max;
  ping_interval_ = options.ping_interval;
  codec_.emplace(rules, std::move(compression));
}

}  // namespace actornet::web

#include "message_format.hpp"

#include <algorithm>

#include "actornet/echo/v1/echo.pb.h"
#include "actornet/proto/codec.hpp"

namespace actornet::load {

namespace {

constexpr std::size_t envelope_bytes_max = 16;  // an Echo's tag and length
constexpr std::size_t raw_piece_bytes_max = 64 * 1024;

alphabet letters_for(net::framing framing) {
  return framing == net::framing::line ? alphabet::text : alphabet::binary;
}

}  // namespace

message_format::message_format(const load_options& options)
    : payload_(options.payload_bytes, letters_for(options.framing)),
      framing_(options.framing),
      echo_(options.typed ? std::make_unique<echo::v1::Echo>() : nullptr) {}

message_format::~message_format() = default;

net::stream_options message_format::stream_options() const noexcept {
  net::stream_options options;
  options.framing = framing_;
  options.frame_bytes_max = static_cast<std::uint32_t>(
      framing_ == net::framing::raw ? raw_piece_bytes_max : payload_.bytes() + envelope_bytes_max);
  options.handshake_timeout = options.read_timeout = options.write_timeout = options.idle_timeout =
      net::duration::zero();
  return options;
}

result<void> message_format::write(net::stream& to, std::uint64_t connection,
                                   std::uint64_t sequence) {
  if (!echo_) {
    const auto space = to.write_space(payload_.bytes());
    if (!space)
      return space.error();
    payload_.write(connection, sequence, 0, *space);
    return {};
  }
  std::string& payload = *echo_->mutable_payload();
  payload.resize(payload_.bytes());
  payload_.write(connection, sequence, 0, std::as_writable_bytes(std::span(payload)));
  const auto space = to.write_space(proto::encoded_size(*echo_));
  if (!space)
    return space.error();
  if (!proto::encode_to(*echo_, *space))
    return errc::message_malformed;
  return {};
}

message_format::checked message_format::check(std::uint64_t connection, std::uint64_t sequence,
                                              std::size_t offset,
                                              std::span<const std::byte> received) {
  if (framing_ == net::framing::raw)
    return check_raw(connection, sequence, offset, received);
  std::span<const std::byte> payload = received;
  if (echo_) {
    if (proto::decode(received, *echo_, received.size()) != proto::codec_error::none)
      return {checked::verdict::wrong, 0};
    payload = std::as_bytes(std::span(echo_->payload()));
  }
  const auto common = payload.first(std::min(payload.size(), payload_.bytes()));
  const std::size_t matching = payload_.matching(connection, sequence, 0, common);
  if (matching < payload_.bytes() || payload.size() != payload_.bytes())
    return {checked::verdict::wrong, matching};
  return {checked::verdict::right, received.size()};
}

message_format::checked message_format::check_raw(std::uint64_t connection, std::uint64_t sequence,
                                                  std::size_t offset,
                                                  std::span<const std::byte> received) const {
  const std::size_t rest = payload_.bytes() - offset;
  const auto part = received.first(std::min(rest, received.size()));
  const std::size_t matching = payload_.matching(connection, sequence, offset, part);
  if (matching < part.size())
    return {checked::verdict::wrong, offset + matching};
  return {part.size() == rest ? checked::verdict::right : checked::verdict::right_so_far,
          part.size()};
}

}  // namespace actornet::load

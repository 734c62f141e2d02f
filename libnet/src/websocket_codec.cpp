#include "actornet/net/websocket_codec.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "actornet/net/framing.hpp"

namespace actornet::net {

namespace {

using outcome = filter::outcome;
using status = filter::status;
using bytes_to = std::vector<std::byte>;

// RFC 6455, section 5.2.
constexpr std::uint8_t continuation = 0;
constexpr std::uint8_t text_opcode = 1;
constexpr std::uint8_t binary_opcode = 2;
constexpr std::uint8_t close_opcode = 8;
constexpr std::uint8_t ping_opcode = 9;
constexpr std::uint8_t pong_opcode = 10;
constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t compressed_bit = 0x40;  // RSV1; RFC 7692, section 6
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length16 = 126;
constexpr std::uint8_t length64 = 127;

constexpr std::uint16_t no_code = 1005;
constexpr std::uint8_t varint_bits_max = 35;  // five bytes
constexpr auto no_error = static_cast<websocket_close>(0);

constexpr std::uint8_t value_of(std::byte byte) {
  return std::to_integer<std::uint8_t>(byte);
}

// Codes that a close frame may carry (section 7.4 and IANA's registry).
constexpr bool is_valid_code(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

constexpr errc error_of(websocket_close code) {
  switch (code) {
    case websocket_close::invalid_payload:
      return errc::message_malformed;
    case websocket_close::message_too_big:
      return errc::frame_too_large;
    default:
      return errc::frame_malformed;
  }
}

// Four bytes of key for all bytes, from @p position of it on (section 5.3).
void mask(std::span<std::byte> bytes, const std::array<std::uint8_t, 4>& key,
          std::uint8_t& position) {
  for (std::byte& each : bytes)
    each ^= static_cast<std::byte>(key[position++ & 3]);
}

void append(bytes_to& to, std::span<const std::byte> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void append_length(bytes_to& plain, std::uint64_t bytes) {
  const auto envelope = encode_frame(framing::delimited, bytes);
  append(plain, std::span(envelope.prefix).first(envelope.prefix_bytes));
}

}  // namespace

std::uint8_t websocket_codec::data_opcode() const noexcept {
  return text() ? text_opcode : binary_opcode;
}

// -- input ----------------------------------------------------------------------------------------

outcome websocket_codec::received(std::span<const std::byte> bytes, bytes_to& plain,
                                  bytes_to& wire) {
  if (unread_.empty())
    return take(bytes, plain, wire);
  append(unread_, bytes);
  return take(std::exchange(unread_, {}), plain, wire);
}

outcome websocket_codec::take(std::span<const std::byte> bytes, bytes_to& plain, bytes_to& wire) {
  const std::size_t before = plain.size();
  while (!bytes.empty() && peer_close_code_ == 0 && !failed_) {
    if (compression_ && plain.size() - before > expanded_bytes_max) {
      append(unread_, bytes);
      return {};
    }
    if (!in_payload_) {
      bytes = bytes.subspan(take_header(bytes));
      if (head_bytes_ < header_bytes_wanted())
        return {};
      if (const outcome begun = begin_frame(plain, wire); begun.state != status::ok)
        return begun;
    }
    const auto piece = bytes.first(std::min<std::uint64_t>(bytes.size(), in_.bytes));
    bytes = bytes.subspan(piece.size());
    if (const outcome taken = take_payload(piece, plain, wire); taken.state != status::ok)
      return taken;
  }
  return peer_close_code_ != 0 ? outcome{status::end} : outcome{};
}

std::size_t websocket_codec::header_bytes_wanted() const noexcept {
  if (head_bytes_ < 2)
    return 2;
  const std::uint8_t second = value_of(head_[1]);
  const std::uint8_t length = second & ~mask_bit;
  return 2u + (length == length16 ? 2 : length == length64 ? 8 : 0) + (second & mask_bit ? 4 : 0);
}

// How many of @p bytes belong to the header.
std::size_t websocket_codec::take_header(std::span<const std::byte> bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && head_bytes_ < header_bytes_wanted())
    head_[head_bytes_++] = bytes[taken++];
  return taken;
}

outcome websocket_codec::begin_frame(bytes_to& plain, bytes_to& wire) {
  const std::uint8_t second = value_of(head_[1]);
  in_ = {.opcode = static_cast<std::uint8_t>(value_of(head_[0]) & 0x0f),
         .final = (value_of(head_[0]) & final_bit) != 0,
         .reserved = static_cast<std::uint8_t>(value_of(head_[0]) & reserved_bits),
         .masked = (second & mask_bit) != 0,
         .bytes = static_cast<std::uint64_t>(second & ~mask_bit)};
  std::size_t at = 2;
  if (in_.bytes >= length16) {
    const std::size_t end = at + (in_.bytes == length16 ? 2 : 8);
    for (in_.bytes = 0; at < end; ++at)
      in_.bytes = in_.bytes << 8 | value_of(head_[at]);
  }
  for (std::size_t i = 0; in_.masked && i < in_.mask.size(); ++i)
    in_.mask[i] = value_of(head_[at + i]);
  if (const websocket_close broken = broken_rule(); broken != no_error)
    return fail(broken, wire);
  head_bytes_ = 0;
  in_payload_ = true;
  if (!is_control())
    compressed_ = is_compressed();
  if (is_message())
    append_length(plain, in_.bytes);
  return {};
}

// A message's first frame says it for all of them.
bool websocket_codec::is_compressed() const noexcept {
  return in_.opcode == continuation ? compressed_ : in_.reserved == compressed_bit;
}

websocket_close websocket_codec::broken_rule() const noexcept {
  const std::uint8_t second = value_of(head_[1]) & ~mask_bit;
  const bool longer_than_needed =
      (second == length16 && in_.bytes < length16) || (second == length64 && in_.bytes <= 0xffff);
  const bool may_be_compressed = compression_ && !is_control() && in_.opcode != continuation;
  if ((in_.reserved & ~(may_be_compressed ? compressed_bit : 0)) || longer_than_needed ||
      in_.masked != (rules_.role == websocket_rules::side::server))
    return websocket_close::protocol_error;
  if (is_control()) {
    const bool fits = in_.final && in_.bytes <= control_bytes_max;
    return fits && in_.opcode <= pong_opcode ? no_error : websocket_close::protocol_error;
  }
  if (in_.opcode > binary_opcode || (in_.opcode == continuation) != in_fragments_)
    return websocket_close::protocol_error;
  if (in_.opcode != continuation && in_.opcode != data_opcode())
    return websocket_close::unsupported_data;
  if (is_compressed())
    return no_error;  // what it expands to counts
  if (in_.bytes > rules_.message_bytes_max ||
      fragments_.size() + in_.bytes > rules_.message_bytes_max)
    return websocket_close::message_too_big;
  return no_error;
}

outcome websocket_codec::take_payload(std::span<const std::byte> bytes, bytes_to& plain,
                                      bytes_to& wire) {
  if (!is_control() && compressed_)
    return take_compressed(bytes, plain, wire);
  bytes_to& to = is_control() ? control_ : is_message() ? plain : fragments_;
  const std::size_t before = to.size();
  append(to, bytes);
  const auto added = std::span(to).subspan(before);
  if (in_.masked)
    mask(added, in_.mask, in_.mask_position);
  in_.bytes -= bytes.size();
  if (!is_control() && is_bad_text(added)) {
    to.resize(before);  // not whole, so that nobody takes it for a message
    return fail(websocket_close::invalid_payload, wire);
  }
  return in_.bytes > 0 ? outcome{} : end_frame(plain, wire);
}

outcome websocket_codec::take_compressed(std::span<const std::byte> bytes, bytes_to& plain,
                                         bytes_to& wire) {
  bytes_to piece(bytes.begin(), bytes.end());
  if (in_.masked)
    mask(piece, in_.mask, in_.mask_position);
  in_.bytes -= bytes.size();
  const std::size_t before = fragments_.size();
  switch (
      compression_->expand(piece, ends_message(), rules_.message_bytes_max - before, fragments_)) {
    case websocket_compression::status::ok:
      break;
    case websocket_compression::status::too_large:
      return fail(websocket_close::message_too_big, wire);
    case websocket_compression::status::malformed:
      return fail(websocket_close::invalid_payload, wire);
  }
  if (is_bad_text(std::span(fragments_).subspan(before)))
    return fail(websocket_close::invalid_payload, wire);
  return in_.bytes > 0 ? outcome{} : end_frame(plain, wire);
}

bool websocket_codec::is_bad_text(std::span<const std::byte> added) {
  return text() && (!utf8_.append(added) || (ends_message() && !utf8_.complete()));
}

outcome websocket_codec::end_frame(bytes_to& plain, bytes_to& wire) {
  in_payload_ = false;
  if (is_control())
    return end_control(wire);
  if (in_.final && (in_fragments_ || compressed_)) {
    append_length(plain, fragments_.size());
    append(plain, std::exchange(fragments_, {}));
  }
  in_fragments_ = !in_.final;
  return {};
}

outcome websocket_codec::end_control(bytes_to& wire) {
  const bytes_to payload = std::exchange(control_, {});
  if (in_.opcode == close_opcode)
    return take_close(payload, wire);
  if (in_.opcode == ping_opcode && !closed_)
    put_control(pong_opcode, payload, wire);
  return {};
}

outcome websocket_codec::take_close(std::span<const std::byte> payload, bytes_to& wire) {
  if (payload.empty()) {
    peer_close_code_ = no_code;
    return {status::end};
  }
  const auto code =
      payload.size() < 2
          ? std::uint16_t{0}
          : static_cast<std::uint16_t>(value_of(payload[0]) << 8 | value_of(payload[1]));
  if (!is_valid_code(code))
    return fail(websocket_close::protocol_error, wire);
  utf8_validator reason;
  if (!reason.append(payload.subspan(2)) || !reason.complete())
    return fail(websocket_close::invalid_payload, wire);
  peer_close_code_ = code;
  return {status::end};
}

outcome websocket_codec::fail(websocket_close code, bytes_to& wire) {
  failed_ = true;
  std::exchange(fragments_, {});
  close(code, {}, wire);
  return {status::error, error_of(code)};
}

// -- output ---------------------------------------------------------------------------------------

outcome websocket_codec::sending(std::span<const std::byte> plain, bytes_to& wire) {
  while (!plain.empty() && (!closed_ || out_bytes_ > 0)) {
    if (out_bytes_ == 0) {
      const std::uint8_t next = value_of(plain.front());
      plain = plain.subspan(1);
      out_length_ |= std::uint64_t{next & 0x7fu} << out_length_bits_;
      out_length_bits_ += 7;
      assert(out_length_bits_ <= varint_bits_max);
      if (next & 0x80)
        continue;
      out_bytes_ = std::exchange(out_length_, 0);
      out_length_bits_ = 0;
      begin_message(wire);
    }
    const auto piece = plain.first(std::min<std::uint64_t>(plain.size(), out_bytes_));
    plain = plain.subspan(piece.size());
    out_bytes_ -= piece.size();
    put_message(piece, wire);
    if (out_bytes_ == 0)
      for (const auto& [opcode, payload] : std::exchange(waiting_, {}))
        put_control(opcode, payload, wire);
  }
  return {};
}

void websocket_codec::begin_message(bytes_to& wire) {
  out_compressed_ = compression_ && out_bytes_ >= compression_->message_bytes_min();
  if (!out_compressed_)
    put_header(data_opcode(), out_bytes_, wire);
}

// How long a compressed one becomes is known at its end.
void websocket_codec::put_message(std::span<const std::byte> piece, bytes_to& wire) {
  if (!out_compressed_)
    return put_payload(piece, wire);
  compression_->compress(piece, out_bytes_ == 0, out_payload_);
  if (out_bytes_ > 0)
    return;
  const bytes_to payload = std::exchange(out_payload_, {});
  put_header(compressed_bit | data_opcode(), payload.size(), wire);
  put_payload(payload, wire);
}

// Not into the middle of a frame. Of several pings the last one is answered (section 5.5.3).
void websocket_codec::put_control(std::uint8_t opcode, std::span<const std::byte> payload,
                                  bytes_to& wire) {
  if (out_bytes_ > 0) {
    std::erase_if(waiting_, [opcode](const auto& each) { return each.opcode == opcode; });
    waiting_.push_back({opcode, {payload.begin(), payload.end()}});
    return;
  }
  put_header(opcode, payload.size(), wire);
  put_payload(payload, wire);
}

void websocket_codec::close(websocket_close code, std::string_view reason, bytes_to& wire) {
  if (std::exchange(closed_, true))
    return;
  if (peer_close_code_ == no_code)
    return put_control(close_opcode, {}, wire);
  reason = reason.substr(0, peer_close_code_ != 0 ? 0 : control_bytes_max - 2);
  const auto number = peer_close_code_ != 0 ? peer_close_code_ : static_cast<std::uint16_t>(code);
  bytes_to payload{static_cast<std::byte>(number >> 8), static_cast<std::byte>(number)};
  append(payload, std::as_bytes(std::span(reason)));
  put_control(close_opcode, payload, wire);
}

void websocket_codec::ping(bytes_to& wire) {
  if (!closed_)
    put_control(ping_opcode, {}, wire);
}

void websocket_codec::put_header(std::uint8_t opcode, std::uint64_t bytes, bytes_to& wire) {
  const bool masks = rules_.role == websocket_rules::side::client;
  const auto put = [&wire](std::uint64_t value) { wire.push_back(static_cast<std::byte>(value)); };
  put(final_bit | opcode);
  const std::uint8_t bit = masks ? mask_bit : 0;
  if (bytes < length16) {
    put(bit | bytes);
  } else {
    const bool is_short = bytes <= 0xffff;
    put(bit | (is_short ? length16 : length64));
    for (int shift = is_short ? 8 : 56; shift >= 0; shift -= 8)
      put(bytes >> shift);
  }
  if (!masks)
    return;
  const std::uint64_t key = rules_.random(rules_.random_from);
  out_mask_position_ = 0;
  for (std::size_t i = 0; i < out_mask_.size(); ++i) {
    out_mask_[i] = static_cast<std::uint8_t>(key >> (8 * i));
    put(out_mask_[i]);
  }
}

void websocket_codec::put_payload(std::span<const std::byte> bytes, bytes_to& wire) {
  const std::size_t before = wire.size();
  append(wire, bytes);
  if (rules_.role == websocket_rules::side::client)
    mask(std::span(wire).subspan(before), out_mask_, out_mask_position_);
}

}  // namespace actornet::net

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "actornet/net/filter.hpp"
#include "actornet/net/utf8.hpp"
#include "actornet/net/websocket_compression.hpp"

namespace actornet::net {

/// Why a WebSocket ends, as its close frame says it (RFC 6455, section 7.4.1).
enum class websocket_close : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
  try_again_later = 1013,
};

/// What an end of a WebSocket is and takes.
struct websocket_rules {
  enum class side : std::uint8_t { server, client } role = side::server;
  /// The kind of data messages, in both directions. A message of the other kind is refused (1003).
  enum class data : std::uint8_t { binary, text } kind = data::binary;
  std::uint32_t message_bytes_max = 64 * 1024;
  /// Where a client takes its masking keys from (section 5.3); null for a server.
  std::uint64_t (*random)(void* from) = nullptr;
  void* random_from = nullptr;
};

/// The frames of a WebSocket after its handshake (RFC 6455, sections 5 to 7), sans-I/O. Outside it
/// speaks `framing::delimited`: each message is a varint length and its payload, whatever its
/// fragments were. Pings are answered, control frames are not shown.
///
/// With a compression, messages that came with the bit RSV1 are expanded; the limits are those of
/// what comes out, and checked as it does.
///
/// Answers to what breaks the protocol: the close frame with the code that section 7.4.1 has for
/// it, and an error: `frame_malformed` (protocol_error, unsupported_data), `message_malformed`
/// (text that is not UTF-8, what cannot be expanded), `frame_too_large` (as soon as a header says
/// so).
class websocket_codec {
 public:
  static constexpr std::size_t control_bytes_max = 125;  ///< payload of a control frame

  /// What one call of `received` gives may be one message more than that, where messages expand.
  static constexpr std::size_t expanded_bytes_max = 64 * 1024;

  explicit websocket_codec(const websocket_rules& rules,
                           std::unique_ptr<websocket_compression> compression = nullptr) noexcept
      : rules_(rules), compression_(std::move(compression)) {}

  /// Bytes came from the peer; see `filter::received`. `end`: its close frame came; `close` answers
  /// it, once what was asked before is answered.
  filter::outcome received(std::span<const std::byte> bytes, std::vector<std::byte>& plain,
                           std::vector<std::byte>& wire);

  /// See `filter::has_more`.
  bool has_more() const noexcept { return !unread_.empty(); }

  /// Delimited messages to send, cut anywhere; each becomes one frame.
  filter::outcome sending(std::span<const std::byte> plain, std::vector<std::byte>& wire);

  /// Appends our close frame, the first time; nothing may be sent afterwards. It has the code of
  /// the peer's if that came.
  void close(websocket_close code, std::string_view reason, std::vector<std::byte>& wire);

  /// Appends a ping.
  void ping(std::vector<std::byte>& wire);

  /// Whether its messages are text.
  bool text() const noexcept { return rules_.kind == websocket_rules::data::text; }

  /// The code of the peer's close frame: 1005 when that had none (section 7.1.5), 0 before it came.
  std::uint16_t peer_close_code() const noexcept { return peer_close_code_; }

 private:
  struct header {
    std::uint8_t opcode = 0;
    bool final = false;
    std::uint8_t reserved = 0;
    bool masked = false;
    std::uint64_t bytes = 0;  // of the payload that did not come yet
    std::array<std::uint8_t, 4> mask{};
    std::uint8_t mask_position = 0;
  };

  filter::outcome take(std::span<const std::byte> bytes, std::vector<std::byte>& plain,
                       std::vector<std::byte>& wire);
  std::size_t take_header(std::span<const std::byte> bytes);
  std::size_t header_bytes_wanted() const noexcept;
  filter::outcome begin_frame(std::vector<std::byte>& plain, std::vector<std::byte>& wire);
  websocket_close broken_rule() const noexcept;
  filter::outcome take_payload(std::span<const std::byte> bytes, std::vector<std::byte>& plain,
                               std::vector<std::byte>& wire);
  filter::outcome take_compressed(std::span<const std::byte> bytes, std::vector<std::byte>& plain,
                                  std::vector<std::byte>& wire);
  bool is_bad_text(std::span<const std::byte> added);
  filter::outcome end_frame(std::vector<std::byte>& plain, std::vector<std::byte>& wire);
  filter::outcome end_control(std::vector<std::byte>& wire);
  filter::outcome take_close(std::span<const std::byte> payload, std::vector<std::byte>& wire);
  filter::outcome fail(websocket_close code, std::vector<std::byte>& wire);
  void put_control(std::uint8_t opcode, std::span<const std::byte> payload,
                   std::vector<std::byte>& wire);
  void put_header(std::uint8_t opcode, std::uint64_t bytes, std::vector<std::byte>& wire);
  void put_payload(std::span<const std::byte> bytes, std::vector<std::byte>& wire);
  bool is_control() const noexcept { return in_.opcode >= 8; }
  /// The frame is a whole message, the common case: its length is known when it begins.
  bool is_message() const noexcept {
    return !is_control() && in_.final && !in_fragments_ && !compressed_;
  }
  bool ends_message() const noexcept { return in_.final && in_.bytes == 0; }
  bool is_compressed() const noexcept;
  std::uint8_t data_opcode() const noexcept;
  void begin_message(std::vector<std::byte>& wire);
  void put_message(std::span<const std::byte> piece, std::vector<std::byte>& wire);

  const websocket_rules rules_;
  const std::unique_ptr<websocket_compression> compression_;  // null: none was agreed
  std::array<std::byte, 14> head_{};  // of the frame that comes in, as far as it came
  std::uint8_t head_bytes_ = 0;
  bool in_payload_ = false;
  bool in_fragments_ = false;
  bool compressed_ = false;  // the message that comes in
  bool closed_ = false;      // our close frame is made
  bool failed_ = false;
  std::uint16_t peer_close_code_ = 0;
  header in_;
  utf8_validator utf8_;
  std::vector<std::byte> fragments_;  // of a message whose length is not known yet
  std::vector<std::byte> control_;    // payload of a control frame
  std::vector<std::byte> unread_;     // for the next call: enough was expanded in the last one

  struct control_frame {
    std::uint8_t opcode;
    std::vector<std::byte> payload;
  };

  // The message that goes out, and control frames that wait for its end: one of a kind.
  std::vector<control_frame> waiting_;
  bool out_compressed_ = false;
  std::vector<std::byte> out_payload_;  // compressed, as far as it is
  std::uint64_t out_bytes_ = 0;         // of its payload still to come
  std::uint64_t out_length_ = 0;        // its varint, as far as it came
  std::uint8_t out_length_bits_ = 0;
  std::array<std::uint8_t, 4> out_mask_{};
  std::uint8_t out_mask_position_ = 0;
};

}  // namespace actornet::net

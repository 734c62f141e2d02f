#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace google::protobuf {
class MessageLite;
}

/// Messages as values: protobuf's wire format <-> objects. All functions are thread-safe for
/// distinct objects; `encoded_size` and `encode_to` also for one object that nobody changes.
namespace actornet::proto {

enum class codec_error : std::uint8_t {
  none = 0,
  too_large = 1,  ///< more bytes than allowed; nothing was parsed
  malformed = 2,  ///< not an encoding of that message: wire format, more than 100 messages inside
                  ///< one another, text that is not UTF-8, or a required field is missing
  no_json = 3,    ///< the message's type has no descriptor (`LITE_RUNTIME`), which JSON needs
};

/// A generated message type, not one of the bases that all of them have.
template <class T>
concept message_type =
    !std::same_as<T, google::protobuf::MessageLite> &&
    std::derived_from<T, google::protobuf::MessageLite> && std::default_initializable<T>;

/// A static, one-line English description of @p error.
const char* describe(codec_error error) noexcept;

/// Parses @p bytes into @p into, which is cleared before; after an error it is empty.
///
/// Reuse one object for many messages: it keeps the memory of its strings and repeated fields.
/// To keep a message, move or swap it out of @p into, which then starts without memory. Memory is
/// bounded by @p bytes_max, which is checked before anything is parsed, but many times larger: 18
/// times for unknown fields, the size of an object for 2 bytes where a schema repeats messages.
///
/// protobuf's complaints (invalid UTF-8) go to the sink of log_sink.hpp, never to stderr.
[[nodiscard]] codec_error decode(std::span<const std::byte> bytes,
                                 google::protobuf::MessageLite& into, std::size_t bytes_max);

/// The same where the type is known; gives the memory of @p into back after an error. protobuf 3.21
/// believes the length of a message inside another until it ends: text in it may reserve what it
/// claims, up to 50 MB (not touched), before the lie is seen. A reused object must not keep that.
template <message_type Message>
[[nodiscard]] codec_error decode(std::span<const std::byte> bytes, Message& into,
                                 std::size_t bytes_max) {
  google::protobuf::MessageLite& erased = into;
  const codec_error error = decode(bytes, erased, bytes_max);
  if (error != codec_error::none)
    into = Message();
  return error;
}

/// The size in bytes of @p message in wire format, and what `encode_to` needs to know: it is kept
/// in the message. Linear in the number of fields. Over 2^31 - 1 the message cannot be encoded.
[[nodiscard]] std::size_t encoded_size(const google::protobuf::MessageLite& message);

/// Writes @p message into @p out, so that a length prefix, the payload and the next frame can
/// stand in one output block and no string is made on the way. Unknown fields are written too.
/// False, and nothing is written, when `out.size()` is not what `encoded_size(message)` returned.
/// @pre the message is the same as at that call (asserted: a longer one would leave @p out).
/// @note text of ours that is not UTF-8 is written (and logged): the receiver refuses it.
[[nodiscard]] bool encode_to(const google::protobuf::MessageLite& message,
                             std::span<std::byte> out);

}  // namespace actornet::proto

#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "actornet/proto/codec.hpp"

/// Messages as text: protobuf's canonical JSON
/// (https://protobuf.dev/programming-guides/json) <-> objects, for generated types with
/// descriptors (not `LITE_RUNTIME`). Thread-safe for distinct objects; `encode_json` also for one
/// object that nobody changes. Some 15 µs a message: protobuf 3.21 goes through descriptors.
namespace actornet::proto {

/// How deep objects and lists of a text may stand inside one another.
inline constexpr std::size_t json_nesting_max = 100;

/// Parses @p text, one JSON object, into @p into, which is cleared before; after an error it is
/// empty. Fields that the message does not have are ignored, as `decode` keeps them for newer
/// peers. `too_large` and the nesting are found before anything is parsed; memory is bounded by
/// @p bytes_max but up to 100 times larger, where a schema repeats messages.
///
/// Complaints of protobuf go to the sink of log_sink.hpp, never to stderr.
[[nodiscard]] codec_error decode_json(std::span<const std::byte> text,
                                      google::protobuf::MessageLite& into, std::size_t bytes_max);

/// Writes @p message into @p into: fields with default values are left out, names are in
/// lowerCamelCase, there is no white space. Text that is not UTF-8 loses what is not. `malformed`,
/// and @p into is empty: a required field is missing, more than 100 messages inside one another, a
/// `Timestamp`, `Duration`, `Value` or `Any` that JSON cannot express.
[[nodiscard]] codec_error encode_json(const google::protobuf::MessageLite& message,
                                      std::string& into);

}  // namespace actornet::proto

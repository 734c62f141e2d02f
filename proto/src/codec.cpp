#include "actornet/proto/codec.hpp"

#include <google/protobuf/message_lite.h>

#include <cassert>
#include <limits>

#include "actornet/proto/log_sink.hpp"

namespace actornet::proto {

namespace {

constexpr std::size_t message_bytes_max = std::numeric_limits<int>::max();  // protobuf's own limit

// Here, because whoever decodes links this file, and before main, because protobuf's handler is a
// plain variable that other threads read.
[[maybe_unused]] const bool log_is_routed = (detail::route_protobuf_log(), true);

}  // namespace

const char* describe(codec_error error) noexcept {
  switch (error) {
    case codec_error::none:
      return "no error";
    case codec_error::too_large:
      return "message longer than the limit";
    case codec_error::malformed:
      return "not a valid message";
    case codec_error::no_json:
      return "a message without descriptor has no JSON";
  }
  return "unknown error";
}

codec_error decode(std::span<const std::byte> bytes, google::protobuf::MessageLite& into,
                   std::size_t bytes_max) {
  if (bytes.size() > bytes_max || bytes.size() > message_bytes_max) {
    into.Clear();
    return codec_error::too_large;
  }
  if (into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return codec_error::none;
  into.Clear();  // nobody shall see half a message
  return codec_error::malformed;
}

std::size_t encoded_size(const google::protobuf::MessageLite& message) {
  return message.ByteSizeLong();
}

bool encode_to(const google::protobuf::MessageLite& message, std::span<std::byte> out) {
  if (out.size() > message_bytes_max || message.GetCachedSize() != static_cast<int>(out.size()))
    return false;
  assert(message.ByteSizeLong() == out.size());
  auto* begin = reinterpret_cast<std::uint8_t*>(out.data());
  [[maybe_unused]] const auto* end = message.SerializeWithCachedSizesToArray(begin);
  assert(end == begin + out.size());
  return true;
}

}  // namespace actornet::proto

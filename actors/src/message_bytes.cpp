#include "actornet/detail/message_bytes.hpp"

#include <cassert>

#include "actornet/proto/codec.hpp"
#include "actornet/proto/message.hpp"

namespace actornet::detail {

namespace {

void write_message(const void* message, std::span<std::byte> into) {
  [[maybe_unused]] const bool written =
      proto::encode_to(*static_cast<const google::protobuf::MessageLite*>(message), into);
  assert(written);
}

}  // namespace

errc decode_message(std::span<const std::byte> frame, google::protobuf::MessageLite& into,
                    std::size_t bytes_max) {
  switch (proto::decode(frame, into, bytes_max)) {
    case proto::codec_error::none:
      return {};
    case proto::codec_error::too_large:
      return errc::frame_too_large;
    case proto::codec_error::malformed:
      break;
  }
  return errc::message_malformed;
}

encodable to_encodable(const google::protobuf::MessageLite& message) {
  return {&message, proto::encoded_size(message), write_message};
}

net::shared_bytes encode_shared(const google::protobuf::MessageLite& message) {
  net::shared_bytes shared{net::block_ref::make(proto::encoded_size(message)), {}};
  write_message(&message, shared.memory.bytes());
  shared.payload = shared.memory.bytes();
  return shared;
}

}  // namespace actornet::detail

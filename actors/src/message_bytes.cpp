#include "actornet/detail/message_bytes.hpp"

#include <cassert>
#include <string>

#include "actornet/proto/codec.hpp"
#include "actornet/proto/json.hpp"
#include "actornet/proto/message.hpp"

namespace actornet::detail {

namespace {

void write_message(const void* message, std::span<std::byte> into) {
  [[maybe_unused]] const bool written =
      proto::encode_to(*static_cast<const google::protobuf::MessageLite*>(message), into);
  assert(written);
}

result<net::shared_bytes> text_of(const google::protobuf::MessageLite& message) {
  std::string text;
  if (proto::encode_json(message, text) != proto::codec_error::none)
    return errc::message_malformed;
  return net::shared_bytes::copy_of(std::as_bytes(std::span(text)));
}

}  // namespace

errc decode_message(std::span<const std::byte> frame, bool text,
                    google::protobuf::MessageLite& into, std::size_t bytes_max) {
  switch (text ? proto::decode_json(frame, into, bytes_max)
               : proto::decode(frame, into, bytes_max)) {
    case proto::codec_error::none:
      return {};
    case proto::codec_error::too_large:
      return errc::frame_too_large;
    case proto::codec_error::malformed:
    case proto::codec_error::no_json:
      break;
  }
  return errc::message_malformed;
}

encodable to_encodable(const google::protobuf::MessageLite& message) {
  return {&message, proto::encoded_size(message), write_message, [](const void* erased) {
            return text_of(*static_cast<const google::protobuf::MessageLite*>(erased));
          }};
}

result<net::shared_bytes> to_text(std::span<const std::byte> encoded,
                                  google::protobuf::MessageLite& scratch) {
  if (proto::decode(encoded, scratch, encoded.size()) != proto::codec_error::none)
    return errc::message_malformed;
  return text_of(scratch);
}

encoded_forms::encoded_forms(const google::protobuf::MessageLite& message)
    : binary_{net::block_ref::make(proto::encoded_size(message)), {}} {
  write_message(&message, binary_.memory.bytes());
  binary_.payload = binary_.memory.bytes();
}

const result<net::shared_bytes>& encoded_forms::text(text_maker make) const {
  if (!text_made_.load(std::memory_order_acquire)) {
    const std::lock_guard guard(mutex_);
    if (!text_made_.load(std::memory_order_relaxed)) {
      text_ = make(binary_.payload);
      text_made_.store(true, std::memory_order_release);
    }
  }
  return text_;
}

}  // namespace actornet::detail

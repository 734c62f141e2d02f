// The codec on messages of four shapes. Input: a byte that chooses the message, one that chooses
// the limit, then the message's bytes.

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/struct.pb.h>

#include <iterator>

#include "actornet/echo/v1/echo.pb.h"
#include "actornet/proto/codec.hpp"
#include "allocation_meter.hpp"
#include "fuzz_support.hpp"

namespace actornet::fuzz {
namespace {

using google::protobuf::MessageLite;

constexpr std::size_t message_limits[] = {0, 16, 4096, 64 * 1024};

/// Bytes that are the same for the same content; `encode_to` writes maps in any order.
std::string canonical(const MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream sink(&bytes);
  google::protobuf::io::CodedOutputStream coded(&sink);
  coded.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

std::string encode(const MessageLite& message) {
  std::string bytes(proto::encoded_size(message), '\0');
  require(proto::encode_to(message, std::as_writable_bytes(std::span(bytes))),
          "a message is as long as it says");
  return bytes;
}

// protobuf reserves up to so much for text in a message whose claimed length is a lie, see
// codec.hpp.
constexpr std::ptrdiff_t claimed_text_bytes_max = 50'000'000 + 64;

/// Decodes, with a bound on the memory in use on the way: two bytes of input make at most one
/// object of a few hundred bytes; what is only claimed makes nothing that lasts.
template <class Message>
proto::codec_error metered_decode(std::span<const std::byte> bytes, Message& into,
                                  std::size_t limit) {
  const auto bound = static_cast<std::ptrdiff_t>(16 * 1024 + 512 * bytes.size());
  const allocation_meter meter;
  const auto error = proto::decode(bytes, into, limit);
  require(meter.bytes() <= bound, "memory is bounded by the bytes that are there");
  require(meter.bytes_at_peak() <=
              bound + (error == proto::codec_error::malformed ? claimed_text_bytes_max : 0),
          "memory is bounded on the way");
  return error;
}

template <class Message>
void check(std::span<const std::byte> bytes, Message& reused, std::size_t limit) {
  const auto error = metered_decode(bytes, reused, limit);
  require((error == proto::codec_error::too_large) == (bytes.size() > limit),
          "too large is what is over the limit");
  if (error != proto::codec_error::none) {
    require(proto::encoded_size(reused) == 0, "an error leaves an empty object");
    return;
  }
  Message fresh;
  require(proto::decode(bytes, fresh, limit) == proto::codec_error::none,
          "a reused object decodes as a fresh one");
  require(canonical(fresh) == canonical(reused), "a reused object keeps nothing of before");

  const std::string again = encode(reused);
  require(proto::decode(std::as_bytes(std::span(again)), fresh, again.size()) ==
              proto::codec_error::none,
          "what we encode can be decoded");
  require(canonical(fresh) == canonical(reused), "encoded and decoded again gives the same");
}

/// protobuf complains about a required field in words, for which it builds, once in a process, the
/// descriptions of all messages in the schema's file.
bool build_descriptions() {
  return !google::protobuf::UninterpretedOption::NamePart().InitializationErrorString().empty();
}

/// Checks with the one object of the type, which lives on from input to input.
template <class Message>
void check_with(std::span<const std::byte> bytes, std::size_t limit) {
  static Message reused;
  check(bytes, reused, limit);
}

constexpr void (*checks[])(std::span<const std::byte>, std::size_t) = {
    &check_with<echo::v1::Echo>,
    &check_with<google::protobuf::Struct>,               // maps, text, nesting
    &check_with<google::protobuf::FileDescriptorProto>,  // wide, with required fields
    &check_with<google::protobuf::ListValue>,
};

}  // namespace
}  // namespace actornet::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace actornet::fuzz;
  static const bool built = build_descriptions();
  require(built, "a required field is missing");
  input_reader input(data, size);
  const std::uint8_t choice = input.byte();
  const std::size_t limit = message_limits[input.byte() % std::size(message_limits)];
  checks[choice % std::size(checks)](input.rest(), limit);
  return 0;
}

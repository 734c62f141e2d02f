#include "actornet/proto/codec.hpp"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "actornet/echo/v1/echo.pb.h"

namespace actornet::proto {
namespace {

using echo::v1::Echo;
using google::protobuf::DescriptorProto;
using google::protobuf::StringValue;
using google::protobuf::UninterpretedOption;
using namespace std::string_literals;

constexpr std::size_t bytes_max = 1024;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

template <class Message>
codec_error decode_text(std::string_view text, Message& into, std::size_t max = bytes_max) {
  return decode(bytes_of(text), into, max);
}

std::string encode(const google::protobuf::MessageLite& message) {
  std::string text(encoded_size(message), '\0');
  EXPECT_TRUE(encode_to(message, std::as_writable_bytes(std::span(text))));
  return text;
}

Echo echo_of(std::string payload) {
  Echo message;
  message.set_payload(std::move(payload));
  return message;
}

/// A message that has @p depth messages inside one another, itself not counted.
std::string nested(int depth) {
  DescriptorProto message;
  DescriptorProto* inner = &message;
  for (int i = 0; i < depth; ++i)
    inner = inner->add_nested_type();
  return encode(message);
}

// -- decode ---------------------------------------------------------------------------------------

TEST(codec, decodes_a_message) {
  Echo message;
  EXPECT_EQ(decode_text("\x0a\x02hi", message), codec_error::none);
  EXPECT_EQ(message.payload(), "hi");
}

TEST(codec, zero_bytes_are_a_message_with_defaults_and_clear_the_object) {
  Echo message = echo_of("before");
  EXPECT_EQ(decode(std::span<const std::byte>{}, message, 0), codec_error::none);
  EXPECT_EQ(message.payload(), "");
}

TEST(codec, bytes_may_be_as_many_as_the_limit_and_not_one_more) {
  Echo message;
  const std::string longest = encode(echo_of(std::string(bytes_max - 3, 'x')));
  ASSERT_EQ(longest.size(), bytes_max);
  EXPECT_EQ(decode_text(longest, message), codec_error::none);
  const std::string longer = encode(echo_of(std::string(bytes_max - 2, 'x')));
  EXPECT_EQ(decode_text(longer, message), codec_error::too_large);
}

TEST(codec, the_limit_is_checked_before_anything_is_parsed) {
  Echo message;
  EXPECT_EQ(decode_text(std::string(bytes_max + 1, '\xff'), message), codec_error::too_large);
}

TEST(codec, more_bytes_than_protobuf_can_take_are_too_large_whatever_the_limit) {
  // The bytes are not there; nobody may look at them.
  const std::byte first{};
  Echo message;
  EXPECT_EQ(decode(std::span(&first, std::size_t{1} << 31), message, SIZE_MAX),
            codec_error::too_large);
  EXPECT_EQ(decode(std::span(&first, std::size_t{1} << 32), message, SIZE_MAX),
            codec_error::too_large);
}

TEST(codec, a_message_truncated_at_any_byte_inside_a_field_is_malformed) {
  const std::string whole = encode(echo_of(std::string(200, 'x')));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    Echo message;
    EXPECT_EQ(decode_text(whole.substr(0, size), message), codec_error::malformed) << size;
  }
}

TEST(codec, invalid_wire_format_is_malformed) {
  const std::string inputs[] = {
      "\xff",                                           // tag cut
      "\0"s,                                            // field number 0
      "\x07",                                           // wire type 7
      "\x0c",                                           // end of a group that did not begin
      "\x0b",                                           // group that does not end
      "\x0a\xff\xff\xff\xff\x0f",                       // length of 2^32 - 1
      "\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"s,  // length of 2^63
      "\x0a\x03hi",                                     // length beyond the end
      "\x10" + std::string(10, '\xff'),                 // varint of 11 bytes
  };
  for (const std::string& input : inputs) {
    Echo message;
    EXPECT_EQ(decode_text(input, message), codec_error::malformed) << testing::PrintToString(input);
  }
}

TEST(codec, a_field_of_another_wire_type_is_an_unknown_field) {
  Echo message;
  EXPECT_EQ(decode_text("\x08\x01", message), codec_error::none);
  EXPECT_EQ(message.payload(), "");
}

TEST(codec, unknown_fields_are_kept_and_encoded_again) {
  const std::string input = "\x0a\x02hi\x10\x07";
  Echo message;
  ASSERT_EQ(decode_text(input, message), codec_error::none);
  EXPECT_EQ(encode(message), input);
}

TEST(codec, a_nesting_of_100_is_valid_and_101_malformed) {
  DescriptorProto message;
  EXPECT_EQ(decode_text(nested(100), message), codec_error::none);
  EXPECT_EQ(decode_text(nested(101), message), codec_error::malformed);
}

TEST(codec, a_nesting_of_100_unknown_groups_is_valid_and_101_malformed) {
  Echo message;
  EXPECT_EQ(decode_text(std::string(100, '\x13') + std::string(100, '\x14'), message),
            codec_error::none);
  EXPECT_EQ(decode_text(std::string(101, '\x13') + std::string(101, '\x14'), message),
            codec_error::malformed);
}

TEST(codec, text_that_is_not_utf_8_is_malformed) {
  const std::string inputs[] = {
      "\xff",              // no UTF-8 at all
      "\xc3",              // cut
      "\x80",              // continuation without a start
      "\xc0\x80",          // longer than necessary
      "\xed\xa0\x80",      // surrogate
      "\xf4\x90\x80\x80",  // beyond U+10FFFF
  };
  for (const std::string& text : inputs) {
    StringValue message;
    const std::string wire = "\x0a" + std::string(1, static_cast<char>(text.size())) + text;
    EXPECT_EQ(decode_text(wire, message), codec_error::malformed) << testing::PrintToString(text);
  }
}

TEST(codec, text_of_utf_8_is_valid) {
  StringValue message;
  EXPECT_EQ(decode_text("\x0a\x0a\0\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"s, message),
            codec_error::none);
  EXPECT_EQ(message.value(), "\0\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"s);
}

TEST(codec, bytes_need_not_be_utf_8) {
  Echo message;
  EXPECT_EQ(decode_text("\x0a\x02\xff\x80", message), codec_error::none);
  EXPECT_EQ(message.payload(), "\xff\x80");
}

TEST(codec, a_message_without_a_required_field_is_malformed) {
  UninterpretedOption message;
  EXPECT_EQ(decode_text("\x12\x00"s, message), codec_error::malformed);
}

TEST(codec, an_error_leaves_the_object_empty_and_usable) {
  Echo message = echo_of("before");
  EXPECT_EQ(decode_text("\x0a\x02hi\x0a\x05", message), codec_error::malformed);
  EXPECT_EQ(message.payload(), "");
  message.set_payload("before");
  EXPECT_EQ(decode_text("\x0a\x02hi", message, 3), codec_error::too_large);
  EXPECT_EQ(message.payload(), "");
  EXPECT_EQ(decode_text("\x0a\x02hi", message), codec_error::none);
  EXPECT_EQ(message.payload(), "hi");
}

// protobuf reserves what the text claims, because the message around it claims to be longer still.
TEST(codec, memory_that_a_malformed_message_only_claimed_is_given_back) {
  const std::string wire =
      "\x1a\xa4\xb0\xcc\x12\x0a\xc0\xaf\xcc\x12"
      "abcdefghijklmnopqrst";
  DescriptorProto message;
  EXPECT_EQ(decode_text(wire, message), codec_error::malformed);
  EXPECT_LT(message.SpaceUsedLong(), 1000U);
}

TEST(codec, an_object_whose_type_is_not_known_is_emptied_after_an_error_as_well) {
  Echo message = echo_of("before");
  google::protobuf::MessageLite& erased = message;
  EXPECT_EQ(decode(bytes_of("\x0a\x02hi\x0a\x05"), erased, bytes_max), codec_error::malformed);
  EXPECT_EQ(message.payload(), "");
  EXPECT_EQ(decode(bytes_of("\x0a\x02hi"), erased, bytes_max), codec_error::none);
  EXPECT_EQ(message.payload(), "hi");
}

TEST(codec, a_reused_object_keeps_its_memory) {
  Echo message;
  ASSERT_EQ(decode_text(encode(echo_of(std::string(1000, 'a'))), message), codec_error::none);
  const char* memory = message.payload().data();
  ASSERT_EQ(decode_text(encode(echo_of(std::string(900, 'b'))), message), codec_error::none);
  EXPECT_EQ(message.payload().data(), memory);
  EXPECT_EQ(message.payload(), std::string(900, 'b'));
}

TEST(codec, a_message_moved_out_is_not_touched_by_the_next_decode) {
  Echo message;
  ASSERT_EQ(decode_text("\x0a\x05"
                        "first",
                        message),
            codec_error::none);
  const Echo kept = std::move(message);
  ASSERT_EQ(decode_text("\x0a\x06second", message), codec_error::none);  // NOLINT: reinitializes
  EXPECT_EQ(kept.payload(), "first");
  EXPECT_EQ(message.payload(), "second");
}

// -- encode ---------------------------------------------------------------------------------------

TEST(codec, encodes_into_the_middle_of_a_block_and_nowhere_else) {
  const Echo message = echo_of("hi");
  ASSERT_EQ(encoded_size(message), 4U);
  std::string block(10, '.');
  EXPECT_TRUE(encode_to(message, std::as_writable_bytes(std::span(block)).subspan(3, 4)));
  EXPECT_EQ(block, "...\x0a\x02hi...");
}

TEST(codec, an_empty_message_encodes_to_zero_bytes) {
  const Echo message;
  EXPECT_EQ(encoded_size(message), 0U);
  EXPECT_TRUE(encode_to(message, {}));
}

TEST(codec, refuses_room_of_another_size_and_writes_nothing) {
  const Echo message = echo_of("hi");
  ASSERT_EQ(encoded_size(message), 4U);
  for (const std::size_t size : {0, 3, 5}) {
    std::string block(size, '.');
    EXPECT_FALSE(encode_to(message, std::as_writable_bytes(std::span(block)))) << size;
    EXPECT_EQ(block, std::string(size, '.'));
  }
}

TEST(codec, what_it_encodes_it_decodes) {
  DescriptorProto message;
  message.set_name("outer");
  for (int i = 0; i < 20; ++i) {
    auto* field = message.add_field();
    field->set_number(i * 1000 - 5000);
    field->set_name(std::string(static_cast<std::size_t>(i) * 17, 'n'));
    field->mutable_options()->set_deprecated(i % 2 == 0);
  }
  const std::string wire = encode(message);
  DescriptorProto again;
  ASSERT_EQ(decode_text(wire, again, wire.size()), codec_error::none);
  EXPECT_EQ(encode(again), wire);
  EXPECT_EQ(again.SerializeAsString(), message.SerializeAsString());
}

TEST(codec, errors_have_their_own_descriptions) {
  EXPECT_STRNE(describe(codec_error::too_large), describe(codec_error::malformed));
  EXPECT_STREQ(describe(static_cast<codec_error>(77)), "unknown error");
}

}  // namespace
}  // namespace actornet::proto

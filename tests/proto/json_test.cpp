#include "actornet/proto/json.hpp"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "actornet/echo/v1/echo.pb.h"
#include "actornet/proto/log_sink.hpp"

namespace actornet::proto {
namespace {

using echo::v1::Echo;
using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::MessageLite;
using google::protobuf::StringValue;
using google::protobuf::UninterpretedOption;
using google::protobuf::Value;
using namespace std::string_literals;

constexpr std::size_t bytes_max = 64 * 1024;

codec_error decode(std::string_view text, MessageLite& into, std::size_t max = bytes_max) {
  return decode_json(std::as_bytes(std::span(text)), into, max);
}

std::string encode(const MessageLite& message) {
  std::string text = "what was there before";
  EXPECT_EQ(encode_json(message, text), codec_error::none);
  return text;
}

void expect_no_json(const MessageLite& message) {
  std::string text = "what was there before";
  EXPECT_EQ(encode_json(message, text), codec_error::malformed) << text;
  EXPECT_EQ(text, "");
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i)
    all += part;
  return all;
}

/// A message that knows no descriptor.
class lite final : public MessageLite {
 public:
  std::string GetTypeName() const override { return "lite"; }
  MessageLite* New(google::protobuf::Arena*) const override { return new lite; }
  void Clear() override {}
  bool IsInitialized() const override { return true; }
  void CheckTypeAndMergeFrom(const MessageLite&) override {}
  std::size_t ByteSizeLong() const override { return 0; }
  int GetCachedSize() const override { return 0; }
  google::protobuf::uint8* _InternalSerialize(
      google::protobuf::uint8* at, google::protobuf::io::EpsCopyOutputStream*) const override {
    return at;
  }
};

TEST(json, a_message_is_written_in_camel_case_without_spaces_and_defaults) {
  FieldDescriptorProto field;
  field.set_name("a\"<b>\xc3\xa4");
  field.set_json_name("");
  field.set_oneof_index(3);
  field.set_type(FieldDescriptorProto::TYPE_BOOL);
  EXPECT_EQ(encode(field),
            R"({"name":"a\"\u003cb\u003eä","type":"TYPE_BOOL","oneofIndex":3,"jsonName":""})");
  EXPECT_EQ(encode(Echo()), "{}");
}

TEST(json, bytes_are_base64) {
  Echo message;
  message.set_payload("\0\xff"s);
  EXPECT_EQ(encode(message), R"({"payload":"AP8="})");
  Echo again;
  EXPECT_EQ(decode(encode(message), again), codec_error::none);
  EXPECT_EQ(again.payload(), message.payload());
}

TEST(json, what_is_written_is_read_again_as_the_same) {
  DescriptorProto message;
  message.set_name("everything");
  message.add_field()->set_name("a");
  message.mutable_field(0)->set_number(-1);
  message.add_nested_type()->add_nested_type();
  message.add_reserved_name("\n\t\\\xf0\x9f\x98\x80");
  DescriptorProto again;
  ASSERT_EQ(decode(encode(message), again), codec_error::none);
  EXPECT_EQ(again.SerializeAsString(), message.SerializeAsString());
}

TEST(json, fields_that_are_not_known_are_ignored) {
  Echo message;
  EXPECT_EQ(decode(R"({"new":{"er":[1,"}",null]},"payload":"aGk="})", message), codec_error::none);
  EXPECT_EQ(message.payload(), "hi");
}

TEST(json, what_is_no_such_message_is_malformed_and_leaves_nothing) {
  for (const char* text :
       {"", " ", "{", "}", "null", "[]", "1", "\"x\"", "{} {}", "{}x", "{\"name\":1}",
        "{\"name\":{}}", "{\"name\":\"\xff\xfe\"}", "{\"name\":\"\\ud800\"}", "{\"name\":\"x\"",
        "{\"name\":\"x}", "{\"field\":1}", "{\"field\":[{\"number\":3000000000}]}"}) {
    DescriptorProto message;
    message.set_name("before");
    EXPECT_EQ(decode(text, message), codec_error::malformed) << text;
    EXPECT_EQ(message.ByteSizeLong(), 0u) << text;
  }
}

TEST(json, a_required_field_that_is_missing_is_malformed_either_way) {
  UninterpretedOption option;
  EXPECT_EQ(decode(R"({"name":[{}]})", option), codec_error::malformed);
  option.add_name();
  expect_no_json(option);
}

TEST(json, what_json_cannot_express_is_malformed) {
  google::protobuf::Timestamp before_time;
  before_time.set_seconds(-99'999'999'999'999);
  expect_no_json(before_time);
  google::protobuf::Any unknown;
  unknown.set_type_url("nowhere");
  unknown.set_value("x");
  expect_no_json(unknown);
  expect_no_json(Value());
}

TEST(json, the_size_is_looked_at_before_anything_is_parsed) {
  Echo message;
  message.set_payload("before");
  EXPECT_EQ(decode("{}", message, 2), codec_error::none);
  EXPECT_EQ(decode("{} ", message, 2), codec_error::too_large);
  EXPECT_EQ(decode(std::string(bytes_max + 1, 'x'), message), codec_error::too_large);
}

TEST(json, so_many_messages_may_stand_inside_one_another) {
  const auto nested = [](std::size_t depth) {
    return repeated(R"({"nestedType":[)", depth) + "{}" + repeated("]}", depth);
  };
  DescriptorProto message;
  EXPECT_EQ(decode(nested(json_nesting_max / 2 - 1), message), codec_error::none);
  EXPECT_EQ(decode(nested(json_nesting_max / 2), message), codec_error::malformed);
}

TEST(json, nesting_is_refused_before_it_is_parsed_wherever_it_stands) {
  Value value;
  EXPECT_EQ(decode(repeated("[", 30'000) + repeated("]", 30'000), value), codec_error::malformed);
  Echo message;
  EXPECT_EQ(decode("{\"x\":" + repeated("[", 30'000), message), codec_error::malformed);
  const std::string brackets = repeated("[{", 1000);
  EXPECT_EQ(decode(R"({"x":"\")" + brackets + R"(","y":')" + brackets + "'}", message),
            codec_error::none)
      << "those in strings do not count";
}

TEST(json, messages_of_ours_that_are_too_nested_are_refused) {
  DescriptorProto message;
  DescriptorProto* inner = &message;
  for (int i = 0; i < 200; ++i)
    inner = inner->add_nested_type();
  expect_no_json(message);
}

TEST(json, text_of_ours_that_is_not_utf_8_loses_what_is_not) {
  StringValue text;
  text.set_value("a\xff");
  EXPECT_EQ(encode(text), R"("a")");
}

TEST(json, complaints_of_protobuf_go_to_the_sink) {
  const auto before = logged_messages();
  StringValue text;
  text.set_value("\xff");
  testing::internal::CaptureStderr();
  (void)encode(text);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_GT(logged_messages(), before);
}

TEST(json, a_message_without_descriptor_has_none) {
  lite message;
  std::string text;
  EXPECT_EQ(decode("{}", message), codec_error::no_json);
  EXPECT_EQ(encode_json(message, text), codec_error::no_json);
}

}  // namespace
}  // namespace actornet::proto

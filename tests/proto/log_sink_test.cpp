#include "actornet/proto/log_sink.hpp"

#include <google/protobuf/stubs/common.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "actornet/proto/codec.hpp"

namespace actornet::proto {
namespace {

std::vector<std::pair<log_level, std::string>> seen;

void remember(log_level level, const char* text) noexcept {
  seen.emplace_back(level, text);
}

struct log_sink_test : testing::Test {
  log_sink_test() { seen.clear(); }
  ~log_sink_test() override { set_log_sink(nullptr); }

  void decode_text_that_is_not_utf_8() {
    constexpr std::byte wire[] = {std::byte{0x0a}, std::byte{1}, std::byte{0xff}};
    google::protobuf::StringValue message;
    EXPECT_EQ(decode(wire, message, 100), codec_error::malformed);
  }
};

TEST_F(log_sink_test, complaints_are_counted_and_not_printed_by_default) {
  const std::uint64_t before = logged_messages();
  testing::internal::CaptureStderr();
  decode_text_that_is_not_utf_8();
  decode_text_that_is_not_utf_8();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(logged_messages(), before + 2);
}

TEST_F(log_sink_test, a_sink_gets_level_and_text_and_they_are_counted_too) {
  const std::uint64_t before = logged_messages();
  EXPECT_EQ(set_log_sink(&remember), nullptr);
  testing::internal::CaptureStderr();
  decode_text_that_is_not_utf_8();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].first, log_level::error);
  EXPECT_NE(seen[0].second.find("google.protobuf.StringValue.value"), std::string::npos)
      << seen[0].second;
  EXPECT_EQ(logged_messages(), before + 1);
}

TEST_F(log_sink_test, a_replaced_sink_is_returned_and_gets_nothing_more) {
  set_log_sink(&remember);
  EXPECT_EQ(set_log_sink(nullptr), &remember);
  decode_text_that_is_not_utf_8();
  EXPECT_TRUE(seen.empty());
}

TEST_F(log_sink_test, every_level_of_protobuf_has_its_own) {
  set_log_sink(&remember);
  GOOGLE_LOG(INFO) << "a";
  GOOGLE_LOG(WARNING) << "b";
  GOOGLE_LOG(ERROR) << "c";
  EXPECT_THROW(GOOGLE_LOG(FATAL) << "d", google::protobuf::FatalException);
  using entry = std::pair<log_level, std::string>;
  const std::vector<entry> expected = {entry(log_level::info, "a"), entry(log_level::warning, "b"),
                                       entry(log_level::error, "c"), entry(log_level::fatal, "d")};
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace actornet::proto

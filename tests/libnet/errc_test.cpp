#include "actornet/errc.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "actornet/result.hpp"

namespace actornet {
namespace {

// Logs, metrics and monitors carry the numbers: changing one breaks whoever reads them.
constexpr std::pair<errc, int> stable_numbers[] = {
    {errc::end_of_stream, 1},
    {errc::closed_locally, 2},
    {errc::shutting_down, 3},
    {errc::connection_reset, 10},
    {errc::connection_refused, 11},
    {errc::address_in_use, 12},
    {errc::address_invalid, 13},
    {errc::name_not_found, 14},
    {errc::descriptors_exhausted, 15},
    {errc::network_failure, 16},
    {errc::frame_too_large, 20},
    {errc::frame_malformed, 21},
    {errc::frame_truncated, 22},
    {errc::message_malformed, 23},
    {errc::tls_failed, 24},
    {errc::certificate_refused, 25},
    {errc::handshake_refused, 26},
    {errc::timed_out, 30},
    {errc::cancelled, 31},
    {errc::handshake_timeout, 32},
    {errc::read_timeout, 33},
    {errc::write_timeout, 34},
    {errc::idle_timeout, 35},
    {errc::drain_timeout, 36},
    {errc::slow_consumer, 37},
    {errc::mailbox_full, 38},
    {errc::connections_exhausted, 39},
    {errc::message_too_large, 40},
    {errc::would_block_loop, 41},
    {errc::would_block, 42},
    {errc::ping_timeout, 43},
    {errc::handler_failed, 50},
    {errc::stale_reference, 51},
    {errc::dropped, 52},
    {errc::actor_unreachable, 53},
    {errc::unexpected_response, 54},
    {errc::killed, 55},
    {errc::out_of_memory, 56},
    {errc::channel_closed, 57},
    {errc::filter_missing, 58},
    {errc::unavailable, 60},
    {errc::not_allowed, 61},
    {errc::name_invalid, 62},
    {errc::rooms_exhausted, 63},
    {errc::members_exhausted, 64},
    {errc::channels_exhausted, 65},
    {errc::wrong_revision, 66},
    {errc::not_found, 67},
    {errc::disconnected, 68},
    {errc::overloaded, 69},
};

TEST(errc, the_numbers_are_stable) {
  for (const auto& [code, number] : stable_numbers)
    EXPECT_EQ(static_cast<int>(code), number);
}

TEST(errc, every_code_has_its_own_description_on_one_line) {
  std::set<std::string> seen;
  for (const auto& [code, number] : stable_numbers) {
    const std::string text = describe(code);
    EXPECT_NE(text, "unknown error") << number;
    EXPECT_EQ(text.find('\n'), std::string::npos) << number;
    EXPECT_TRUE(seen.insert(text).second) << text;
  }
}

TEST(errc, a_number_that_is_no_code_is_described_as_unknown) {
  EXPECT_STREQ(describe(errc{}), "unknown error");
  EXPECT_EQ(error_category().message(4711), "unknown error");
}

TEST(errc, converts_to_an_error_code_of_the_category) {
  const std::error_code code = errc::frame_too_large;
  EXPECT_STREQ(code.category().name(), "actornet");
  EXPECT_EQ(&code.category(), &error_category());
  EXPECT_EQ(code.value(), 20);
  EXPECT_EQ(code.message(), describe(errc::frame_too_large));
  EXPECT_EQ(code, errc::frame_too_large);
  EXPECT_NE(code, errc::frame_malformed);
}

TEST(errc, compares_with_the_standard_conditions_of_the_same_meaning) {
  EXPECT_EQ(std::error_code(errc::connection_reset), std::errc::connection_reset);
  EXPECT_EQ(std::error_code(errc::connection_refused), std::errc::connection_refused);
  EXPECT_EQ(std::error_code(errc::address_in_use), std::errc::address_in_use);
  EXPECT_EQ(std::error_code(errc::descriptors_exhausted), std::errc::too_many_files_open);
  EXPECT_EQ(std::error_code(errc::timed_out), std::errc::timed_out);
  EXPECT_EQ(std::error_code(errc::read_timeout), std::errc::timed_out);
  EXPECT_EQ(std::error_code(errc::cancelled), std::errc::operation_canceled);
  EXPECT_EQ(std::error_code(errc::message_too_large), std::errc::message_size);
  EXPECT_EQ(std::error_code(errc::out_of_memory), std::errc::not_enough_memory);
  EXPECT_NE(std::error_code(errc::end_of_stream), std::errc::timed_out);
}

TEST(errc, an_error_in_a_result_keeps_its_code) {
  const result<int> failed = errc::mailbox_full;
  EXPECT_FALSE(failed);
  EXPECT_EQ(failed.error(), errc::mailbox_full);
  const result<void> also_failed = errc::stale_reference;
  EXPECT_FALSE(also_failed);
  EXPECT_EQ(also_failed.error(), errc::stale_reference);
}

TEST(errc, a_result_with_a_value_has_no_error) {
  const result<int> value = 7;
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, 7);
  EXPECT_FALSE(value.error());
  EXPECT_TRUE(result<void>());
}

}  // namespace
}  // namespace actornet

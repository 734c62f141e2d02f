#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "actornet/net/framing.hpp"
#include "framing_checks.hpp"

namespace actornet::net {
namespace {

using namespace framing_checks;
using namespace std::string_literals;

TEST(framing, line_drops_one_carriage_return_before_the_newline) {
  expect_frame(framing::line, "ab\n", "ab");
  expect_frame(framing::line, "ab\r\n", "ab");
  expect_frame(framing::line, "ab\r\r\n", "ab\r");
  expect_frame(framing::line, "a\rb\n", "a\rb");
}

TEST(framing, line_takes_zero_bytes_and_any_other_byte_as_text) {
  expect_frame(framing::line, "\0\xff\x80\n"s, "\0\xff\x80"s);
}

TEST(framing, line_of_the_maximum_may_end_in_a_carriage_return_and_a_newline) {
  expect_frame(framing::line, payload_of(300) + "\r\n", payload_of(300));
  expect_more(framing::line, payload_of(300), 1);
  expect_more(framing::line, payload_of(300) + "\r", 1);
}

TEST(framing, line_is_too_large_as_soon_as_that_is_certain) {
  expect_error(framing::line, payload_of(301), errc::frame_too_large);
  expect_error(framing::line, payload_of(300) + "\rx", errc::frame_too_large);
  expect_error(framing::line, payload_of(300) + "\r\r", errc::frame_too_large);
  expect_error(framing::line, payload_of(301) + "\r\n", errc::frame_too_large);
  expect_error(framing::line, payload_of(300) + "\r\r\n", errc::frame_too_large);
}

TEST(framing, line_is_too_large_when_its_newline_comes_far_behind_the_limit) {
  expect_error(framing::line, payload_of(1'000'000) + "\n", errc::frame_too_large);
}

TEST(framing, line_of_the_largest_possible_limit_works) {
  constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();
  expect_frame(framing::line, "ab\n", "ab", largest);
  EXPECT_EQ(decode_once(framing::line, payload_of(1000), largest).state, status::need_more);
}

TEST(framing, line_does_not_search_dribbled_bytes_twice) {
  frame_decoder decoder(framing::line, frame_bytes_max);
  EXPECT_EQ(decoder.decode(bytes_of("abcdef")).state, status::need_more);
  // No caller may change what it showed; here it makes visible what is looked at.
  EXPECT_EQ(decoder.decode(bytes_of("a\ncdefg\n")).consumed, 8U);
}

TEST(framing, line_after_a_dribbled_one_is_searched_from_its_start) {
  frame_decoder decoder(framing::line, frame_bytes_max);
  EXPECT_EQ(decoder.decode(bytes_of("abcdef")).state, status::need_more);
  EXPECT_EQ(decoder.decode(bytes_of("abcdefg\n")).consumed, 8U);
  const decoded next = decoder.decode(bytes_of("x\nyyyyyyyyyy\n"));
  EXPECT_EQ(text_of(next.payload), "x");
}

}  // namespace
}  // namespace actornet::net

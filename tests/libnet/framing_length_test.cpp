#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "actornet/net/framing.hpp"
#include "framing_checks.hpp"

namespace actornet::net {
namespace {

using namespace framing_checks;
using namespace std::string_literals;

// -- delimited ------------------------------------------------------------------------------------

TEST(framing, delimited_checks_the_length_before_the_payload_is_there) {
  expect_error(framing::delimited, varint(301), errc::frame_too_large);
  expect_more(framing::delimited, varint(300), 300);
}

TEST(framing, delimited_length_of_2_to_31_and_2_to_32_is_too_large) {
  expect_error(framing::delimited, varint(1ULL << 31), errc::frame_too_large);
  expect_error(framing::delimited, varint(1ULL << 32), errc::frame_too_large);
  expect_error(framing::delimited, varint(0xffffffff), errc::frame_too_large);
}

TEST(framing, delimited_length_of_2_to_32_is_too_large_for_the_largest_limit) {
  constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();
  expect_error(framing::delimited, varint(1ULL << 32), errc::frame_too_large, largest);
  EXPECT_EQ(decode_once(framing::delimited, varint(largest), largest).missing, largest);
}

TEST(framing, delimited_length_of_five_bytes_and_more_than_32_bits_is_too_large) {
  expect_error(framing::delimited, "\xff\xff\xff\xff\x7f", errc::frame_too_large);
  expect_error(framing::delimited, "\x80\x80\x80\x80\x10", errc::frame_too_large);
}

TEST(framing, delimited_length_of_2_to_63_is_malformed) {
  expect_error(framing::delimited, varint(1ULL << 63), errc::frame_malformed);
  expect_error(framing::delimited, varint(~0ULL), errc::frame_malformed);
}

TEST(framing, delimited_length_with_a_sixth_byte_is_malformed) {
  expect_error(framing::delimited, "\x80\x80\x80\x80\x80\0"s, errc::frame_malformed);
  // The fifth byte announces it: no need to wait.
  expect_error(framing::delimited, "\x80\x80\x80\x80\x80", errc::frame_malformed);
  expect_more(framing::delimited, "\x80\x80\x80\x80", 1);
}

TEST(framing, delimited_length_may_be_longer_than_necessary) {
  expect_frame(framing::delimited, "\x82\0"s + "ab", "ab");
  expect_frame(framing::delimited, "\x82\x80\x80\x80\0"s + "ab", "ab");
  expect_frame(framing::delimited, "\x80\x80\x80\x80\0"s, "");
}

// -- length32 -------------------------------------------------------------------------------------

TEST(framing, length32_checks_the_length_before_the_payload_is_there) {
  expect_error(framing::length32, "\0\0\x01\x2d"s, errc::frame_too_large);
  expect_more(framing::length32, "\0\0\x01\x2c"s, 300);
}

TEST(framing, length32_of_2_to_31_and_of_all_ones_is_too_large) {
  expect_error(framing::length32, "\x80\0\0\0"s, errc::frame_too_large);
  expect_error(framing::length32, "\xff\xff\xff\xff", errc::frame_too_large);
}

TEST(framing, length32_of_all_ones_is_valid_for_the_largest_limit) {
  constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();
  EXPECT_EQ(decode_once(framing::length32, "\xff\xff\xff\xff", largest).missing, largest);
}

}  // namespace
}  // namespace actornet::net

#include "actornet/net/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace actornet::net {
namespace {

bool is_valid(std::string_view text) {
  utf8_validator whole;
  const bool valid = whole.append(std::as_bytes(std::span(text))) && whole.complete();
  utf8_validator bytewise;
  bool also_valid = true;
  for (std::size_t i = 0; i < text.size() && also_valid; ++i)
    also_valid = bytewise.append(std::as_bytes(std::span(text)).subspan(i, 1));
  EXPECT_EQ(also_valid && bytewise.complete(), valid) << "in one piece or byte by byte";
  return valid;
}

std::string encoded(std::uint32_t code) {
  const auto tail = [code](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80)
    return {static_cast<char>(code)};
  if (code < 0x800)
    return {static_cast<char>(0xc0 | code >> 6), tail(0)};
  if (code < 0x10000)
    return {static_cast<char>(0xe0 | code >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | code >> 18), tail(12), tail(6), tail(0)};
}

TEST(utf8, takes_every_character_and_no_surrogate) {
  for (std::uint32_t code = 0; code <= 0x10ffff; code += code < 0x11000 ? 1 : 0x3f)
    ASSERT_EQ(is_valid(encoded(code)), code < 0xd800 || code > 0xdfff) << std::hex << code;
  EXPECT_TRUE(is_valid(encoded(0x10ffff)));
  EXPECT_FALSE(is_valid(encoded(0x110000)));
  EXPECT_FALSE(is_valid(encoded(0x1fffff)));
}

TEST(utf8, refuses_overlong_forms) {
  for (const char* text : {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
                           "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf"})
    EXPECT_FALSE(is_valid(text)) << text;
}

TEST(utf8, refuses_stray_and_missing_bytes) {
  for (const char* text : {"\x80", "a\xbf", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3\x28",
                           "\xe2\x28\xa1", "\xf8\x88\x80\x80\x80", "\xfe", "\xff"})
    EXPECT_FALSE(is_valid(text)) << text;
}

TEST(utf8, an_unfinished_character_may_still_be_finished) {
  utf8_validator text;
  EXPECT_TRUE(text.append(std::as_bytes(std::span(std::string_view("\xe2\x82")))));
  EXPECT_FALSE(text.complete());
  EXPECT_TRUE(text.append(std::as_bytes(std::span(std::string_view("\xac")))));
  EXPECT_TRUE(text.complete());
}

}  // namespace
}  // namespace actornet::net

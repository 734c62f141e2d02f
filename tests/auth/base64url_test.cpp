#include "actornet/auth/base64url.hpp"

#include <gtest/gtest.h>

#include <random>

namespace actornet::auth {
namespace {

TEST(base64url, is_that_of_rfc_4648) {
  const std::pair<std::string, std::string> rows[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"},
  };
  for (const auto& [bytes, text] : rows) {
    EXPECT_EQ(to_base64url(bytes), text);
    EXPECT_EQ(from_base64url(text), bytes);
  }
}

TEST(base64url, everything_comes_back) {
  std::mt19937 random(1);
  for (std::size_t length = 0; length < 300; ++length) {
    std::string bytes(length, '\0');
    for (char& each : bytes)
      each = static_cast<char>(random());
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
  }
}

TEST(base64url, padding_spaces_and_other_alphabets_are_refused) {
  for (const char* text : {"Zg==", "Zg=", "Z g", "Zg\n", " Zg", "-_8=", "+/8", "Zm9v\xc3", "Zm.v"})
    EXPECT_FALSE(from_base64url(text)) << text;
  EXPECT_FALSE(from_base64url({"Zm\0v", 4}));
}

TEST(base64url, a_lone_letter_and_bits_left_over_are_refused) {
  for (const char* text : {"Z", "Zm9vY", "Zh", "Zm9", "Z/"})
    EXPECT_FALSE(from_base64url(text)) << text;
}

}  // namespace
}  // namespace actornet::auth

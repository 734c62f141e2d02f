#include "actornet/net/text_rules.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace actornet::net {
namespace {

using fault = text_fault;

struct row {
  std::string_view text;
  fault expected;
};

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i)
    text += piece;
  return text;
}

TEST(text_rules, names_that_are_taken) {
  for (const char* name : {"a", "alice", "Alice B.", "auth0|12-3", "李小龍", "Зоя", "مريم", "é",
                           "e\u0301", "🙂", "#general", "a b c", "O'Brien", "<b>"})
    EXPECT_EQ(check_name(name), fault::none) << name;
}

TEST(text_rules, names_that_are_refused_and_why) {
  const row rows[] = {
      {"", fault::empty},
      {"a\xff", fault::not_utf8},
      {"a\xe2\x82", fault::not_utf8},
      {"\xc0\xaf", fault::not_utf8},
      {"\xed\xa0\x80", fault::not_utf8},
      {{"a\0b", 3}, fault::control_character},
      {"a\nb", fault::control_character},
      {"a\tb", fault::control_character},
      {"\x1b[31mred", fault::control_character},
      {"a\x7f", fault::control_character},
      {"a\u0085", fault::control_character},
      {"a\u009bm", fault::control_character},
      {" a", fault::odd_space},
      {"a ", fault::odd_space},
      {" ", fault::odd_space},
      {"a  b", fault::odd_space},
      {"a\u00a0b", fault::odd_space},
      {"a\u3000b", fault::odd_space},
      {"a\u2009b", fault::odd_space},
      {"a\u202eb", fault::invisible_character},
      {"a\u2066b", fault::invisible_character},
      {"a\u200fb", fault::invisible_character},
      {"a\u061cb", fault::invisible_character},
      {"a\u200bb", fault::invisible_character},
      {"a\u200db", fault::invisible_character},
      {"a\u00adb", fault::invisible_character},
      {"\ufeffa", fault::invisible_character},
      {"a\u2028b", fault::invisible_character},
      {"\u3164", fault::invisible_character},
      {"\u2800", fault::invisible_character},
      {"a\ufe0f", fault::invisible_character},
      {"a\U000e0041", fault::invisible_character},
      {"a\ufffe", fault::no_character},
      {"a\ufdd0", fault::no_character},
      {"a\ue000", fault::no_character},
      {"a\U0010ffff", fault::no_character},
  };
  for (const row& each : rows)
    EXPECT_EQ(check_name(each.text), each.expected) << each.text;
}

TEST(text_rules, names_have_limits_in_bytes_and_in_characters) {
  const name_rules rules{.bytes_max = 8, .characters_max = 4};
  EXPECT_EQ(check_name("abcd", rules), fault::none);
  EXPECT_EQ(check_name("abcde", rules), fault::too_long);
  EXPECT_EQ(check_name("éééé", rules), fault::none);
  EXPECT_EQ(check_name("€€€", rules), fault::too_long) << "9 bytes";
  EXPECT_EQ(check_name(std::string(64, 'x')), fault::none);
  EXPECT_EQ(check_name(std::string(65, 'x')), fault::too_long);
  EXPECT_EQ(check_name(repeated("€", 43)), fault::too_long) << "129 bytes";
}

TEST(text_rules, texts_of_messages) {
  const row rows[] = {
      {"hello", fault::none},
      {" two lines\n\tand a tab ", fault::none},
      {"\u202eright to left\u200d", fault::none},
      {"", fault::empty},
      {"\r\n", fault::control_character},
      {"\x1b[2J", fault::control_character},
      {"a\u0085", fault::control_character},
      {{"\0", 1}, fault::control_character},
      {"\xf4\x90\x80\x80", fault::not_utf8},
      {"cut \xf0\x9f\x99", fault::not_utf8},
      {"this is a text of 33 bytes, is it", fault::too_long},
  };
  for (const row& each : rows)
    EXPECT_EQ(check_message_text(each.text, 32), each.expected) << each.text;
}

TEST(text_rules, every_fault_is_described) {
  std::set<std::string> all;
  for (int i = 0; i <= static_cast<int>(fault::no_character); ++i)
    all.insert(describe(static_cast<fault>(i)));
  EXPECT_EQ(all.size(), 8u);
  EXPECT_FALSE(all.contains("unknown fault"));
}

}  // namespace
}  // namespace actornet::net

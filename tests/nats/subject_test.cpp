#include "actornet/nats/subject.hpp"

#include <gtest/gtest.h>

namespace actornet::nats {
namespace {

TEST(escaped_subject, what_nats_takes_stays) {
  EXPECT_EQ(escaped_subject("orders.eu-1.created_$"), "orders.eu-1.created_$");
}

TEST(escaped_subject, what_it_does_not_take_becomes_digits) {
  EXPECT_EQ(escaped_subject("a b*>%\r\n"), "a%20b%2A%3E%25%0D%0A");
  EXPECT_EQ(escaped_subject("\xC3\xAB\x7F"), "%C3%AB%7F");
  EXPECT_EQ(escaped_subject(std::string("\0", 1)), "%00");
}

TEST(escaped_subject, no_token_is_empty) {
  EXPECT_EQ(escaped_subject("."), "%2E");
  EXPECT_EQ(escaped_subject(".a..b."), "%2Ea.%2Eb%2E");
}

TEST(escaped_subject, different_texts_stay_apart) {
  EXPECT_NE(escaped_subject("a b"), escaped_subject("a%20b"));
  EXPECT_NE(escaped_subject("a..b"), escaped_subject("a.%2Eb"));
}

TEST(escaped_subject, can_be_read_back) {
  const std::string odd = "..Zo\xC3\xAB * > 100% \"\\\r\n\t.";
  EXPECT_EQ(unescaped_subject(escaped_subject(odd)), odd);
  for (const char* garbage : {"%", "%4", "%zz", "a%"})
    EXPECT_EQ(unescaped_subject(garbage), std::nullopt) << garbage;
}

TEST(escaped_token, has_no_dots) {
  EXPECT_EQ(escaped_token("a.b c"), "a%2Eb%20c");
}

}  // namespace
}  // namespace actornet::nats

#include "actornet/nats/detail/json.hpp"

#include <gtest/gtest.h>

namespace actornet::nats::detail {
namespace {

TEST(json_member, finds_what_stands_in_the_object) {
  constexpr std::string_view answer =
      R"({"type":"x", "error":{"code":400,"err_code":10071,"description":"a \"}"},
          "list":[{"seq":1}], "seq" : 7 , "stream":"KV_a"})";
  EXPECT_EQ(json_member(answer, "type"), "x");
  EXPECT_EQ(json_number(answer, "seq"), 7);
  EXPECT_EQ(json_member(answer, "stream"), "KV_a");
  EXPECT_EQ(json_number(*json_member(answer, "error"), "err_code"), 10071);
  EXPECT_EQ(json_member(answer, "list"), R"([{"seq":1}])");
  EXPECT_EQ(json_member(answer, "code"), std::nullopt);
}

TEST(json_member, of_garbage_gives_nothing) {
  for (const char* garbage :
       {"", "{", "{}", "[1]", "nonsense", R"({"seq)", R"({"seq")", R"({"seq":)", R"({"seq":"7)",
        R"({"seq":{"seq":7)", R"({"a":1 "seq":7})", R"({,"seq":7})", R"({"a":,"seq":7})",
        "\"seq\":7", R"({"seq\)"})
    EXPECT_EQ(json_number(garbage, "seq"), std::nullopt) << garbage;
}

TEST(json_number, is_a_whole_one) {
  for (const char* garbage : {R"({"seq":-1})", R"({"seq":1.5})", R"({"seq":"x"})",
                              R"({"seq":99999999999999999999})", R"({"seq":null})"})
    EXPECT_EQ(json_number(garbage, "seq"), std::nullopt) << garbage;
  EXPECT_EQ(json_number(R"({"seq":18446744073709551615})", "seq"), ~std::uint64_t{0});
}

}  // namespace
}  // namespace actornet::nats::detail

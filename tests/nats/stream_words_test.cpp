#include "history_nats/stream_words.hpp"

#include <gtest/gtest.h>

#include "actornet/nats/detail/json.hpp"

namespace actornet::nats::detail {
namespace {

TEST(stream_words, a_channel_is_of_the_same_shard_in_every_process) {
  const stream_names names({.space = "a", .shards = 16});
  EXPECT_EQ(names.shard_of(""), 0xcbf29ce484222325U % 16);
  EXPECT_EQ(names.shard_of("a"), 0xaf63dc4c8601ec8cU % 16);  // FNV-1a's own test vector
  EXPECT_EQ(names.stream(3), "a_rooms_3");
  EXPECT_EQ(names.in(3, "tea"), "a.rin.3.tea");
  EXPECT_EQ(names.out(3, "tea"), "a.rout.3.tea");
}

TEST(stream_words, a_stream_keeps_what_a_history_may_need) {
  nats_history_options options;
  options.log.keep = {
      .messages_max = 10, .age_max_ms = 5'000, .ids_max = 20, .ids_age_max_ms = 60'000};
  options.replicas = 3;
  const std::string text = stream_configuration(stream_names(options), 2, options);
  EXPECT_EQ(json_member(text, "name"), "actornet_rooms_2");
  EXPECT_EQ(json_number(text, "max_msgs_per_subject"), 21u);
  EXPECT_EQ(json_number(text, "max_age"), 60'000'000'000u);
  EXPECT_EQ(json_number(text, "num_replicas"), 3u);
  EXPECT_EQ(json_member(text, "max_bytes"), "-1");
  EXPECT_TRUE(suits(text));
}

TEST(stream_words, what_has_no_limit_has_none_in_the_stream) {
  nats_history_options options;
  options.log.keep = {.age_max_ms = 0, .ids_max = 0};
  options.stream_bytes_max = 1000;
  const std::string text = stream_configuration(stream_names(options), 0, options);
  EXPECT_EQ(json_member(text, "max_msgs_per_subject"), "-1");
  EXPECT_EQ(json_member(text, "max_age"), "0");
  EXPECT_EQ(json_member(text, "max_bytes"), "1000");
}

TEST(stream_words, a_stream_that_tells_nobody_what_it_stored_does_not_suit) {
  EXPECT_FALSE(suits(R"({"allow_direct":true})"));
  EXPECT_FALSE(suits(R"({"allow_direct":false,"republish":{}})"));
  EXPECT_FALSE(suits("{}"));
}

TEST(stream_words, what_came_of_a_publish) {
  const auto stored = outcome_of(R"({"stream":"r0", "seq":3})");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->number, 3u);
  EXPECT_FALSE(stored->refused);
  const auto refused = outcome_of(
      R"({"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 12"},"seq":0})");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->number, 12u);
  EXPECT_TRUE(refused->refused);
}

TEST(stream_words, an_answer_that_says_neither_is_none) {
  for (const char* text :
       {"", "{}", R"({"seq":0})", R"({"seq":"x"})",
        R"({"error":{"code":400,"err_code":10060,"description":"expected stream"},"seq":0})",
        R"({"error":{"err_code":10071,"description":"wrong last sequence: x"}})",
        R"({"error":{"err_code":10071,"description":"wrong"}})", R"({"error":{"err_code":10071}})"})
    EXPECT_FALSE(outcome_of(text)) << text;
}

TEST(stream_words, dates_are_milliseconds) {
  EXPECT_EQ(unix_ms_of("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(unix_ms_of("2026-11-27T19:21:32.534171355Z"), 1795807292534);
  EXPECT_EQ(unix_ms_of("2026-11-27T19:21:32.5Z"), 1795807292500);
  for (const char* text :
       {"", "2026-11-27", "2026-13-27T19:21:32Z", "2026-11-27T19:21:32",
        "2026-11-27T19:21:32+01:00", "2026-11-27T19:21:xxZ", "2026-11-27 19:21:32Z"})
    EXPECT_FALSE(unix_ms_of(text)) << text;
}

}  // namespace
}  // namespace actornet::nats::detail

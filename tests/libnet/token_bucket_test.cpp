#include "actornet/net/token_bucket.hpp"

#include <gtest/gtest.h>

#include <random>

namespace actornet::net {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};
constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();

TEST(token_bucket, a_burst_is_given_at_once_then_the_rate) {
  token_bucket bucket({.per_second = 10, .burst = 3}, start);
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(bucket.take(start));
  EXPECT_EQ(bucket.take(start).wait, 100ms);
  EXPECT_EQ(bucket.take(start + 40ms).wait, 60ms);
  EXPECT_TRUE(bucket.take(start + 100ms));
  EXPECT_FALSE(bucket.take(start + 100ms));
}

TEST(token_bucket, a_refusal_costs_nothing) {
  token_bucket bucket({.per_second = 1, .burst = 1}, start);
  EXPECT_TRUE(bucket.take(start));
  for (int i = 0; i < 1000; ++i)
    EXPECT_FALSE(bucket.take(start + 999ms));
  EXPECT_TRUE(bucket.take(start + 1s));
}

TEST(token_bucket, after_the_wait_it_says_yes_and_not_a_nanosecond_earlier) {
  token_bucket bucket({.per_second = 3, .burst = 1}, start);
  EXPECT_TRUE(bucket.take(start));
  const duration wait = bucket.take(start).wait;
  EXPECT_EQ(wait, 333'333'334ns) << "rounded up";
  EXPECT_EQ(bucket.take(start + wait - 1ns).wait, 1ns);
  EXPECT_TRUE(bucket.take(start + wait));
}

TEST(token_bucket, it_holds_no_more_than_the_burst_however_long_the_rest) {
  token_bucket bucket({.per_second = largest, .burst = 2}, start);
  EXPECT_TRUE(bucket.take(start, 2));
  EXPECT_TRUE(bucket.take(time_point::max(), 2));
  EXPECT_FALSE(bucket.take(time_point::max(), 1));
}

TEST(token_bucket, more_than_the_burst_is_never_given) {
  token_bucket bucket({.per_second = 1, .burst = 2}, start);
  EXPECT_EQ(bucket.take(start, 3).wait, duration::max());
  EXPECT_TRUE(bucket.take(start, 2)) << "and was not taken";
}

TEST(token_bucket, time_that_goes_back_stands_still) {
  token_bucket bucket({.per_second = 1, .burst = 1}, start);
  EXPECT_TRUE(bucket.take(start));
  EXPECT_EQ(bucket.take(time_point::min()).wait, 1s);
  EXPECT_TRUE(bucket.take(start + 1s));
}

TEST(token_bucket, without_a_rate_there_is_no_limit) {
  token_bucket bucket({.per_second = 0, .burst = 1}, start);
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(bucket.take(start, largest));
}

TEST(token_bucket, the_extremes_do_not_overflow) {
  token_bucket bucket({.per_second = 1, .burst = largest}, time_point::min());
  EXPECT_TRUE(bucket.take(time_point::min(), largest));
  EXPECT_EQ(bucket.take(time_point::min(), largest).wait, std::chrono::seconds(largest));
  EXPECT_TRUE(bucket.take(time_point::max(), largest));
}

__extension__ using number = __int128;

// Tokens as a fraction of a second's nanoseconds, in numbers that cannot overflow.
struct exact_model {
  number rate, capacity, level;
  time_point at;

  bool take(time_point now, std::uint32_t amount) {
    if (now > at) {
      level = std::min(capacity, level + number((now - at).count()) * rate);
      at = now;
    }
    const number wanted = number(amount) * 1'000'000'000;
    if (wanted > level)
      return false;
    level -= wanted;
    return true;
  }
};

TEST(token_bucket, it_agrees_with_an_exact_model) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    const auto up_to = [&](std::uint64_t most) { return random() % (most + 1); };
    const rate_limit limit{.per_second = 1 + static_cast<std::uint32_t>(up_to(1ull << up_to(31))),
                           .burst = 1 + static_cast<std::uint32_t>(up_to(1ull << up_to(31)))};
    token_bucket bucket(limit, start);
    const number capacity = number(limit.burst) * 1'000'000'000;
    exact_model model{limit.per_second, capacity, capacity, start};
    time_point now = start;
    for (int i = 0; i < 300; ++i) {
      now += duration(static_cast<duration::rep>(up_to(1ull << up_to(40))));
      const auto amount = static_cast<std::uint32_t>(up_to(limit.burst));
      const rate_verdict verdict = bucket.take(now, amount);
      ASSERT_EQ(bool(verdict), model.take(now, amount)) << "seed " << seed;
      if (verdict)
        continue;
      exact_model early = model, right = model;
      ASSERT_FALSE(early.take(now + verdict.wait - 1ns, amount)) << "seed " << seed;
      ASSERT_TRUE(right.take(now + verdict.wait, amount)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace actornet::net

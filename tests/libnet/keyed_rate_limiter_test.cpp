#include "actornet/net/keyed_rate_limiter.hpp"

#include <gtest/gtest.h>

#include "actornet/net/address_group.hpp"

namespace actornet::net {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{1h};

TEST(keyed_rate_limiter, each_key_has_its_own_bucket) {
  keyed_rate_limiter limiter({.per_second = 1, .burst = 2});
  EXPECT_TRUE(limiter.take("a", start));
  EXPECT_TRUE(limiter.take("a", start));
  EXPECT_EQ(limiter.take("a", start).wait, 1s);
  EXPECT_TRUE(limiter.take("b", start));
  EXPECT_EQ(limiter.keys(), 2u);
}

TEST(keyed_rate_limiter, without_a_rate_nothing_is_remembered) {
  keyed_rate_limiter limiter({.per_second = 0, .burst = 1});
  EXPECT_TRUE(limiter.take("a", start));
  EXPECT_EQ(limiter.keys(), 0u);
}

TEST(keyed_rate_limiter, the_table_does_not_grow_beyond_its_limit) {
  keyed_rate_limiter limiter({.per_second = 1, .burst = 1}, 100);
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE(limiter.take(std::to_string(i), start));
  EXPECT_EQ(limiter.keys(), 100u);
  EXPECT_EQ(limiter.forgotten_early(), 900u) << "none of them was full";
}

TEST(keyed_rate_limiter, the_quietest_key_makes_room) {
  keyed_rate_limiter limiter({.per_second = 1, .burst = 1}, 2);
  EXPECT_TRUE(limiter.take("a", start));
  EXPECT_TRUE(limiter.take("b", start));
  EXPECT_FALSE(limiter.take("a", start));
  EXPECT_TRUE(limiter.take("c", start));  // in b's place
  EXPECT_FALSE(limiter.take("a", start));
  EXPECT_TRUE(limiter.take("b", start));
}

TEST(keyed_rate_limiter, a_full_bucket_makes_room_before_a_quieter_one_that_is_not) {
  keyed_rate_limiter limiter({.per_second = 1, .burst = 10}, 2);
  EXPECT_TRUE(limiter.take("spent", start, 10));
  EXPECT_TRUE(limiter.take("hardly", start, 1));
  EXPECT_TRUE(limiter.take("new", start + 1s));
  EXPECT_FALSE(limiter.take("spent", start + 1s, 10));
  EXPECT_EQ(limiter.forgotten_early(), 0u);
}

TEST(keyed_rate_limiter, long_keys_that_begin_the_same_share_a_bucket) {
  keyed_rate_limiter limiter({.per_second = 1, .burst = 1});
  const std::string prefix(keyed_rate_limiter::key_bytes_max, 'x');
  EXPECT_TRUE(limiter.take(prefix + "1", start));
  EXPECT_FALSE(limiter.take(prefix + "2", start));
}

TEST(address_group, of_ipv6_is_the_network) {
  EXPECT_EQ(address_group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(address_group("2001:db8:1:2:ffff::1"), "2001:db8:1:2::/64");
  EXPECT_NE(address_group("2001:db8:1:3::1"), address_group("2001:db8:1:2::1"));
  EXPECT_EQ(address_group("fe80::1%eth0"), "fe80::/64");
}

TEST(address_group, of_ipv4_is_the_address_however_it_is_written) {
  EXPECT_EQ(address_group("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(address_group("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_NE(address_group("192.0.2.2"), "192.0.2.1");
}

TEST(address_group, of_something_else_is_that) {
  EXPECT_EQ(address_group(""), "");
  EXPECT_EQ(address_group("@socket"), "@socket");
}

}  // namespace
}  // namespace actornet::net

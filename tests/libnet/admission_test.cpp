#include "actornet/net/admission.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace actornet::net {
namespace {

TEST(admission, without_limits_everybody_enters) {
  admission door(0, 0);
  std::vector<admission_ticket> tickets;
  for (int i = 0; i < 1000; ++i) {
    auto ticket = door.enter("127.0.0.1");
    ASSERT_TRUE(ticket);
    tickets.push_back(std::move(*ticket));
  }
  EXPECT_EQ(door.connections(), 1000u);
  tickets.clear();
  EXPECT_EQ(door.connections(), 0u);
}

TEST(admission, over_the_limit_nobody_enters_until_a_ticket_is_back) {
  admission door(2, 0);
  auto first = door.enter("a");
  auto second = door.enter("b");
  EXPECT_EQ(door.enter("c").error(), errc::connections_exhausted);
  { const admission_ticket given_back = std::move(*first); }
  EXPECT_TRUE(door.enter("c"));  // and at once given back
  EXPECT_EQ(door.connections(), 1u);
}

TEST(admission, counts_each_address_by_itself) {
  admission door(0, 2);
  auto first = door.enter("a");
  auto second = door.enter("a");
  EXPECT_EQ(door.enter("a").error(), errc::connections_exhausted);
  EXPECT_TRUE(door.enter("b"));
  { const admission_ticket given_back = std::move(*second); }
  auto third = door.enter("a");
  EXPECT_TRUE(third);
  EXPECT_EQ(door.enter("a").error(), errc::connections_exhausted);
}

TEST(admission, connections_without_an_address_are_counted_in_all_only) {
  admission door(3, 1);
  std::vector<admission_ticket> tickets;
  for (int i = 0; i < 3; ++i) {
    auto ticket = door.enter("");
    ASSERT_TRUE(ticket);
    tickets.push_back(std::move(*ticket));
  }
  EXPECT_FALSE(door.enter(""));
}

TEST(admission, a_ticket_that_moved_is_given_back_once) {
  admission door(1, 1);
  {
    auto entered = door.enter("a");
    admission_ticket moved = std::move(*entered);
    admission_ticket again;
    again = std::move(moved);
    EXPECT_EQ(door.connections(), 1u);
  }
  EXPECT_EQ(door.connections(), 0u);
  EXPECT_TRUE(door.enter("a"));
}

}  // namespace
}  // namespace actornet::net

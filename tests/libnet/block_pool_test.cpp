#include "actornet/net/block_pool.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace actornet::net {
namespace {

TEST(block_pool, gives_at_least_what_is_asked_for) {
  block_pool pool;
  for (const std::size_t bytes :
       {std::size_t{0}, std::size_t{1}, block_pool::small_bytes, block_pool::small_bytes + 1,
        block_pool::large_bytes, block_pool::large_bytes + 1, std::size_t{1'000'000}})
    EXPECT_GE(pool.take(bytes).bytes().size(), bytes);
}

TEST(block_pool, gives_what_came_back_last_first) {
  block_pool pool;
  block_ref first = pool.take(10);
  block_ref second = pool.take(10);
  const auto* const memory = second.bytes().data();
  pool.give_back(std::move(first));
  pool.give_back(std::move(second));
  EXPECT_EQ(pool.take(10).bytes().data(), memory);
}

TEST(block_pool, does_not_reuse_what_others_refer_to) {
  block_pool pool;
  block_ref mine = pool.take(10);
  const block_ref others = mine;
  EXPECT_FALSE(others.unique());
  pool.give_back(std::move(mine));
  EXPECT_TRUE(others.unique());
  EXPECT_NE(pool.take(10).bytes().data(), others.bytes().data());
}

TEST(block_pool, keeps_no_more_than_its_spare_blocks) {
  block_pool pool;
  std::vector<block_ref> taken;
  for (std::size_t i = 0; i < 2 * block_pool::spare_large_max; ++i)
    taken.push_back(pool.take(block_pool::large_bytes));
  for (block_ref& each : taken)
    pool.give_back(std::move(each));
  pool.give_back({});  // nothing is nothing
  for (std::size_t i = 0; i < 2 * block_pool::spare_large_max; ++i)
    taken[i] = pool.take(block_pool::large_bytes);  // ASan: none is given twice
  for (std::size_t i = 0; i < taken.size(); ++i)
    for (std::size_t j = i + 1; j < taken.size(); ++j)
      EXPECT_NE(taken[i].bytes().data(), taken[j].bytes().data());
}

}  // namespace
}  // namespace actornet::net

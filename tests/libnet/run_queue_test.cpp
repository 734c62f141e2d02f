#include "actornet/net/run_queue.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "actornet/sim/random.hpp"

namespace actornet::net {
namespace {

entry numbered(std::size_t number) {
  return {[](void*) {}, reinterpret_cast<void*>(number)};
}

std::size_t number_of(entry work) {
  return reinterpret_cast<std::size_t>(work.context);
}

TEST(run_queue, is_first_in_first_out_while_it_grows_and_wraps_around) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::generator random(seed);
    run_queue queue;
    std::deque<std::size_t> expected;
    std::size_t next = 0;
    for (int step = 0; step < 5000; ++step) {
      if (random.chance(step < 2500 ? 0.55 : 0.45)) {
        queue.push(numbered(next));
        expected.push_back(next++);
      } else if (!expected.empty()) {
        ASSERT_EQ(number_of(queue.pop()), expected.front());
        expected.pop_front();
      }
      ASSERT_EQ(queue.size(), expected.size());
      ASSERT_EQ(queue.empty(), expected.empty());
    }
  }
}

TEST(run_queue, brings_an_entry_forward_without_losing_another) {
  run_queue queue;
  for (std::size_t i = 0; i < 100; ++i)
    queue.push(numbered(i));
  queue.bring_forward(70);
  EXPECT_EQ(number_of(queue.pop()), 70u);
  std::size_t sum = 70;
  while (!queue.empty())
    sum += number_of(queue.pop());
  EXPECT_EQ(sum, 99u * 100u / 2u);
}

}  // namespace
}  // namespace actornet::net

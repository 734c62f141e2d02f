#include "actornet/net/biased_lock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace actornet::net {
namespace {

// Parties are addresses.
constexpr std::uint64_t parties[3] = {};
constexpr const void* one = &parties[0];
constexpr const void* other = &parties[1];

void use(biased_lock& lock, const void* party, int times) {
  for (int i = 0; i < times; ++i)
    const biased_lock::guard guard(lock, party);
}

TEST(biased_lock, belongs_to_who_used_it_often_and_alone) {
  if (!detail::has_thread_barrier())
    GTEST_SKIP() << "this system cannot take a bias back";
  biased_lock lock;
  use(lock, one, biased_lock::bias_after);
  EXPECT_FALSE(lock.biased_to(one));
  use(lock, one, 1);
  EXPECT_TRUE(lock.biased_to(one));
  use(lock, one, 1000);
  EXPECT_TRUE(lock.biased_to(one));
  EXPECT_FALSE(lock.biased_to(other));
}

TEST(biased_lock, belongs_to_nobody_while_parties_take_turns) {
  biased_lock lock;
  for (int i = 0; i < 10 * biased_lock::bias_after; ++i)
    use(lock, i % 2 == 0 ? one : other, biased_lock::bias_after / 2);
  EXPECT_FALSE(lock.biased_to(one));
  EXPECT_FALSE(lock.biased_to(other));
}

TEST(biased_lock, never_belongs_to_threads_without_a_name) {
  biased_lock lock;
  use(lock, nullptr, 10 * biased_lock::bias_after);
  EXPECT_FALSE(lock.biased_to(nullptr));
}

TEST(biased_lock, is_taken_back_once_and_for_all) {
  biased_lock lock;
  use(lock, one, 2 * biased_lock::bias_after);
  use(lock, other, 1);
  EXPECT_FALSE(lock.biased_to(one));
  use(lock, one, 2 * biased_lock::bias_after);
  EXPECT_FALSE(lock.biased_to(one));
}

// The owner is inside as its owner when the other comes, and must leave in the same way.
TEST(biased_lock, who_takes_it_back_waits_until_the_owner_has_left) {
  biased_lock lock;
  use(lock, one, 2 * biased_lock::bias_after);
  std::atomic<bool> left{false};
  lock.lock(one);
  std::thread thread([&] {
    const biased_lock::guard guard(lock, other);
    EXPECT_TRUE(left);
  });
  while (lock.biased_to(one) && detail::has_thread_barrier())
    std::this_thread::yield();
  left = true;
  lock.unlock();
  thread.join();
  use(lock, one, 1);
}

// Each lock is taken back at another moment of its owner's uses.
TEST(biased_lock, excludes_whoever_comes_whenever) {
  constexpr int rounds = 300;
  for (int round = 0; round < rounds; ++round) {
    biased_lock lock;
    int shared = 0;  // with the lock
    std::atomic<int> begun{0};
    const auto add = [&](const void* party, int times) {
      for (int i = 0; i < times; ++i) {
        const biased_lock::guard guard(lock, party);
        ++shared;
        ++begun;
      }
    };
    std::thread owner([&] { add(one, 400); });
    while (begun < round)
      std::this_thread::yield();
    std::thread second([&] { add(other, 100); });
    add(nullptr, 100);
    owner.join();
    second.join();
    ASSERT_EQ(shared, 600) << "round " << round;
  }
}

}  // namespace
}  // namespace actornet::net

// Channels as plain threads use them.

#include <thread>
#include <vector>

#include "actornet/flow/channel.hpp"
#include "flow/flow_test.hpp"

namespace actornet {
namespace {

using channel_thread_test = flow_test;

TEST_F(channel_thread_test, a_thread_waits_for_an_element) {
  channel<int> ch;
  std::thread sender([ch] { EXPECT_TRUE(ch.send_blocking(7)); });
  EXPECT_EQ(*ch.receive_blocking(), 7);
  sender.join();
}

TEST_F(channel_thread_test, many_threads_hand_over_everything_once_and_in_the_order_of_each) {
  constexpr int senders = 3, each = 2000;
  for (const std::size_t capacity : {0u, 1u, 64u}) {
    channel<int> ch(capacity);
    std::vector<std::thread> threads;
    for (int sender = 0; sender < senders; ++sender)
      threads.emplace_back([ch, sender] {
        for (int i = 0; i < each; ++i)
          ASSERT_TRUE(ch.send_blocking(sender * each + i));
      });
    std::vector<int> next(senders);
    for (int i = 0; i < senders * each; ++i) {
      const auto one = ch.receive_blocking();
      ASSERT_TRUE(one);
      ASSERT_EQ(*one % each, next[static_cast<std::size_t>(*one / each)]++);
    }
    for (std::thread& one : threads)
      one.join();
    EXPECT_EQ(ch.size(), 0u);
  }
}

TEST_F(channel_thread_test, a_limit_ends_the_wait_and_the_element_stays) {
  channel<std::unique_ptr<int>> ch;
  auto mine = std::make_unique<int>(7);
  EXPECT_EQ(ch.send_blocking(std::move(mine), 1ms).error(), errc::timed_out);
  EXPECT_TRUE(mine);
  EXPECT_EQ(ch.receive_blocking(1ms).error(), errc::timed_out);
  EXPECT_EQ(ch.try_receive().error(), errc::would_block) << "nobody is left in the queue";
  EXPECT_EQ(ch.try_send(std::move(mine)).error(), errc::would_block);
}

TEST_F(channel_thread_test, a_limit_of_nothing_still_takes_what_is_ready) {
  channel<int> ch(1);
  EXPECT_EQ(ch.receive_blocking(0s).error(), errc::timed_out);
  EXPECT_TRUE(ch.send_blocking(7, 0s));
  EXPECT_EQ(ch.send_blocking(8, 0s).error(), errc::timed_out);
  EXPECT_EQ(*ch.receive_blocking(-1s), 7);
}

TEST_F(channel_thread_test, close_wakes_threads) {
  channel<int> ch;
  std::thread receiver([ch] { EXPECT_EQ(ch.receive_blocking().error(), errc::channel_closed); });
  EXPECT_TRUE(ch.close());
  receiver.join();
}

TEST_F(channel_thread_test, a_blocking_call_on_a_loop_is_refused) {
  channel<std::unique_ptr<int>> ch(1);
  auto mine = std::make_unique<int>(7);
  run([&]() -> task<> {
    EXPECT_EQ(ch.send_blocking(std::move(mine)).error(), errc::would_block_loop);
    EXPECT_EQ(ch.receive_blocking().error(), errc::would_block_loop);
    co_return;
  });
  EXPECT_TRUE(mine);
  EXPECT_EQ(ch.size(), 0u) << "although there was room";
}

}  // namespace
}  // namespace actornet

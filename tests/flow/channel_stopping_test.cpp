// Tasks at channels that are told to stop.

#include "actornet/flow/channel.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "flow/flow_test.hpp"

namespace actornet {
namespace {

using channel_test = flow_test;

TEST_F(channel_test, a_cancelled_receive_leaves_the_queue) {
  channel<int> ch;
  const auto receiver =
      start([&]() -> task<std::error_code> { co_return (co_await ch.receive()).error(); });
  cancel(*receiver, errc::killed);
  EXPECT_EQ(receiver->take(), errc::killed);
  EXPECT_EQ(ch.try_send(1).error(), errc::would_block);
}

TEST_F(channel_test, a_cancelled_send_keeps_its_element) {
  channel<std::unique_ptr<int>> ch;
  auto mine = std::make_unique<int>(7);
  const auto sender = start(
      [&]() -> task<std::error_code> { co_return (co_await ch.send(std::move(mine))).error(); });
  cancel(*sender);
  EXPECT_EQ(sender->take(), errc::cancelled);
  EXPECT_TRUE(mine);
  EXPECT_EQ(ch.try_receive().error(), errc::would_block);
}

TEST_F(channel_test, a_cancel_after_the_hand_over_comes_too_late) {
  channel<int> ch;
  const auto receiver = start([&]() -> task<> {
    EXPECT_EQ(*co_await ch.receive(), 7);
    EXPECT_EQ((co_await ch.receive()).error(), errc::cancelled);
  });
  on_loop([&] {
    EXPECT_TRUE(ch.try_send(7));
    receiver->context().cancel();
  });
  EXPECT_TRUE(receiver->ended());
}

TEST_F(channel_test, a_task_that_was_told_to_stop_neither_sends_nor_receives) {
  channel<std::unique_ptr<int>> ch(2);
  EXPECT_TRUE(ch.try_send(std::make_unique<int>(1)));
  run([&]() -> task<> {
    (co_await this_task()).cancel();
    auto mine = std::make_unique<int>(2);
    std::vector<std::unique_ptr<int>> many;
    EXPECT_EQ((co_await ch.send(std::move(mine))).error(), errc::cancelled);
    EXPECT_TRUE(mine);
    EXPECT_EQ((co_await ch.receive()).error(), errc::cancelled);
    EXPECT_EQ((co_await ch.receive_many(many, 1)).error(), errc::cancelled);
  });
  EXPECT_EQ(ch.size(), 1u);
}

TEST_F(channel_test, a_task_whose_channel_is_always_ready_lets_others_run) {
  channel<int> ch(1);
  bool other_ran = false;
  std::size_t rounds = 0;
  const auto busy = start([&]() -> task<> {
    loop_.enqueue({[](void* flag) { *static_cast<bool*>(flag) = true; }, &other_ran});
    for (; !other_ran; ++rounds) {
      (void)co_await ch.send(1);
      (void)co_await ch.receive();
    }
  });
  EXPECT_TRUE(busy->ended());
  EXPECT_EQ(rounds, net::loop::credits_per_resume / 2 + 1);
}

}  // namespace
}  // namespace actornet

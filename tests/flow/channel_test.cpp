#include "actornet/flow/channel.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "flow/flow_test.hpp"

namespace actornet {
namespace {

using channel_test = flow_test;

// -- rendezvous and buffer ------------------------------------------------------------------------

TEST_F(channel_test, a_rendezvous_makes_the_sender_wait_for_the_receiver) {
  channel<int> ch;
  const auto sender = start([&]() -> task<bool> { co_return bool(co_await ch.send(7)); });
  EXPECT_FALSE(sender->ended());
  const auto received = run([&]() -> task<result<int>> { co_return co_await ch.receive(); });
  settle();
  EXPECT_EQ(*received, 7);
  EXPECT_TRUE(sender->ended());
  EXPECT_TRUE(sender->take());
}

TEST_F(channel_test, a_rendezvous_makes_the_receiver_wait_for_the_sender) {
  channel<int> ch;
  const auto receiver = start([&]() -> task<result<int>> { co_return co_await ch.receive(); });
  EXPECT_FALSE(receiver->ended());
  EXPECT_TRUE(run([&]() -> task<bool> { co_return bool(co_await ch.send(7)); }));
  settle();
  EXPECT_EQ(*receiver->take(), 7);
}

TEST_F(channel_test, a_send_waits_only_while_the_buffer_is_full) {
  channel<int> ch(2);
  int sent = 0;
  const auto sender = start([&]() -> task<> {
    for (int i = 1; i <= 4; ++i) {
      (void)co_await ch.send(std::move(i));
      ++sent;
    }
  });
  EXPECT_EQ(sent, 2);
  EXPECT_EQ(ch.size(), 2u);
  EXPECT_EQ(*ch.try_receive(), 1);
  settle();
  EXPECT_EQ(sent, 3);
  EXPECT_EQ(ch.size(), 2u) << "the sender that waited came in";
  EXPECT_EQ(*ch.try_receive(), 2);
  settle();
  EXPECT_TRUE(sender->ended());
}

TEST_F(channel_test, elements_arrive_in_the_order_in_which_they_were_sent) {
  channel<int> ch(3);
  const auto sender = start([&]() -> task<> {
    for (int i = 0; i < 1000; ++i)
      (void)co_await ch.send(std::move(i));
    ch.close();
  });
  std::vector<int> seen;
  run([&]() -> task<> {
    while (auto one = co_await ch.receive())
      seen.push_back(*one);
  });
  ASSERT_EQ(seen.size(), 1000u);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  settle();
  EXPECT_TRUE(sender->ended());
}

TEST_F(channel_test, senders_that_wait_come_in_in_their_order) {
  channel<int> ch;
  std::vector<std::unique_ptr<started_task<void>>> senders;
  for (int i = 0; i < 5; ++i)
    senders.push_back(start([&ch, i]() -> task<> { (void)co_await ch.send(i); }));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(*ch.try_receive(), i);
  settle();
}

TEST_F(channel_test, receivers_that_wait_are_served_in_their_order) {
  channel<int> ch;
  std::vector<std::unique_ptr<started_task<int>>> receivers;
  for (int i = 0; i < 3; ++i)
    receivers.push_back(start([&ch]() -> task<int> { co_return *co_await ch.receive(); }));
  on_loop([&] {
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(ch.try_send(std::move(i)));
  });
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(receivers[static_cast<std::size_t>(i)]->take(), i);
}

TEST_F(channel_test, copies_are_handles_to_the_same_channel) {
  channel<int> ch(1);
  channel<int> same = ch;
  EXPECT_TRUE(ch.try_send(1));
  EXPECT_EQ(*same.try_receive(), 1);
  EXPECT_TRUE(ch == same);
  EXPECT_FALSE(ch == channel<int>(1));
}

TEST_F(channel_test, what_nobody_received_goes_with_the_last_handle) {
  const auto counted = std::make_shared<int>(1);
  {
    channel<std::shared_ptr<int>> ch(4);
    for (int i = 0; i < 4; ++i)
      EXPECT_TRUE(ch.offer(counted));
    EXPECT_TRUE(ch.try_receive());
    EXPECT_TRUE(ch.offer(counted));
    EXPECT_EQ(counted.use_count(), 5);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

// -- close ----------------------------------------------------------------------------------------

TEST_F(channel_test, close_wakes_all_receivers) {
  channel<int> ch;
  std::vector<std::unique_ptr<started_task<std::error_code>>> receivers;
  for (int i = 0; i < 5; ++i)
    receivers.push_back(
        start([&]() -> task<std::error_code> { co_return (co_await ch.receive()).error(); }));
  on_loop([&] { EXPECT_TRUE(ch.close()); });
  for (const auto& each : receivers) {
    ASSERT_TRUE(each->ended());
    EXPECT_EQ(each->take(), errc::channel_closed);
  }
}

TEST_F(channel_test, close_wakes_all_senders_and_their_elements_stay_with_them) {
  channel<std::unique_ptr<int>> ch;
  std::vector<std::unique_ptr<started_task<bool>>> senders;
  for (int i = 0; i < 5; ++i)
    senders.push_back(start([&ch, i]() -> task<bool> {
      auto mine = std::make_unique<int>(i);
      const auto sent = co_await ch.send(std::move(mine));
      co_return sent.error() == errc::channel_closed&& mine&&* mine == i;
    }));
  on_loop([&] { EXPECT_TRUE(ch.close()); });
  for (const auto& each : senders) {
    ASSERT_TRUE(each->ended());
    EXPECT_TRUE(each->take());
  }
}

TEST_F(channel_test, what_is_in_a_closed_channel_can_still_be_received) {
  channel<int> ch(3);
  EXPECT_TRUE(ch.try_send(1));
  EXPECT_TRUE(ch.try_send(2));
  ch.close();
  std::vector<int> seen;
  std::error_code at_last;
  run([&]() -> task<> {
    for (;;) {
      auto one = co_await ch.receive();
      if (!one) {
        at_last = one.error();
        break;
      }
      seen.push_back(*one);
    }
  });
  EXPECT_EQ(seen, (std::vector{1, 2}));
  EXPECT_EQ(at_last, errc::channel_closed);
  EXPECT_EQ(ch.try_receive().error(), errc::channel_closed);
}

TEST_F(channel_test,
       a_send_on_a_closed_channel_is_an_error_and_leaves_the_element_with_its_sender) {
  channel<std::unique_ptr<int>> ch(1);
  ch.close();
  auto mine = std::make_unique<int>(7);
  run([&]() -> task<> {
    EXPECT_EQ((co_await ch.send(std::move(mine))).error(), errc::channel_closed);
  });
  EXPECT_EQ(ch.try_send(std::move(mine)).error(), errc::channel_closed);
  EXPECT_EQ(ch.offer(std::move(mine)).error(), errc::channel_closed);
  EXPECT_EQ(ch.send_blocking(std::move(mine)).error(), errc::channel_closed);
  ASSERT_TRUE(mine);
  EXPECT_EQ(*mine, 7);
}

TEST_F(channel_test, closing_twice_is_told_and_changes_nothing) {
  channel<int> ch(1);
  EXPECT_FALSE(ch.closed());
  EXPECT_TRUE(ch.try_send(1));
  EXPECT_TRUE(ch.close());
  EXPECT_FALSE(ch.close());
  EXPECT_TRUE(ch.closed());
  EXPECT_EQ(*ch.try_receive(), 1);
}

// -- what never waits -----------------------------------------------------------------------------

TEST_F(channel_test, trying_says_when_it_would_have_to_wait) {
  channel<int> ch(1);
  EXPECT_EQ(ch.try_receive().error(), errc::would_block);
  EXPECT_TRUE(ch.try_send(1));
  EXPECT_EQ(ch.try_send(2).error(), errc::would_block);
  EXPECT_EQ(*ch.try_receive(), 1);
  EXPECT_EQ(channel<int>().try_send(1).error(), errc::would_block) << "nobody waits for it";
}

TEST_F(channel_test, what_cannot_be_sent_at_once_stays_with_its_sender) {
  channel<std::unique_ptr<int>> ch;
  auto mine = std::make_unique<int>(7);
  EXPECT_EQ(ch.try_send(std::move(mine)).error(), errc::would_block);
  EXPECT_EQ(ch.offer(std::move(mine)).error(), errc::mailbox_full);
  EXPECT_TRUE(mine);
}

// -- what is in the way of elements ---------------------------------------------------------------

TEST_F(channel_test, an_element_that_can_only_be_moved_travels) {
  channel<std::unique_ptr<int>> ch(1);
  const int* sent = nullptr;
  const auto sender = start([&]() -> task<> {
    for (int i = 0; i < 3; ++i) {
      auto one = std::make_unique<int>(i);
      sent = one.get();
      (void)co_await ch.send(std::move(one));
      EXPECT_FALSE(one);
    }
  });
  run([&]() -> task<> {
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(**co_await ch.receive(), i);
  });
  EXPECT_TRUE(sender->ended());
}

struct counting {
  inline static int copies = 0;
  counting() = default;
  counting(const counting&) { ++copies; }
  counting(counting&&) noexcept {}
  counting& operator=(const counting&) {
    ++copies;
    return *this;
  }
  counting& operator=(counting&&) noexcept { return *this; }
};

TEST_F(channel_test, a_moved_element_is_never_copied) {
  counting::copies = 0;
  for (const std::size_t capacity : {0u, 1u, 4u}) {
    channel<counting> ch(capacity);
    const auto sender = start([&]() -> task<> {
      for (int i = 0; i < 8; ++i)
        (void)co_await ch.send(counting());
      ch.close();
    });
    run([&]() -> task<> {
      std::vector<counting> many;
      (void)co_await ch.receive();
      while (co_await ch.receive_many(many, 2)) {
      }
    });
    settle();
  }
  channel<counting> ch(1);
  EXPECT_TRUE(ch.offer(counting()));
  EXPECT_TRUE(ch.try_receive());
  EXPECT_EQ(counting::copies, 0);
}

TEST_F(channel_test, an_lvalue_is_copied_once) {
  counting::copies = 0;
  channel<counting> ch(1);
  const counting mine;
  run([&]() -> task<> {
    (void)co_await ch.send(mine);
    (void)co_await ch.receive();
  });
  EXPECT_TRUE(ch.offer(mine));
  EXPECT_EQ(counting::copies, 2);
}

// -- stopping -------------------------------------------------------------------------------------

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

#include <vector>

#include "actornet/flow/channel.hpp"
#include "flow/flow_test.hpp"

namespace actornet {
namespace {

using receive_many_test = flow_test;

TEST_F(receive_many_test, receive_many_appends_what_is_there_up_to_its_maximum) {
  channel<int> ch(8);
  for (int i = 1; i <= 5; ++i)
    EXPECT_TRUE(ch.try_send(std::move(i)));
  std::vector<int> into{0};
  run([&]() -> task<> {
    EXPECT_EQ(*co_await ch.receive_many(into, 3), 3u);
    EXPECT_EQ(*co_await ch.receive_many(into, 3), 2u);
  });
  EXPECT_EQ(into, (std::vector{0, 1, 2, 3, 4, 5}));
}

TEST_F(receive_many_test, receive_many_waits_for_one_then_takes_those_that_came_with_it) {
  channel<int> ch(8);
  std::vector<int> into;
  const auto receiver =
      start([&]() -> task<std::size_t> { co_return *co_await ch.receive_many(into, 3); });
  EXPECT_FALSE(receiver->ended());
  on_loop([&] {
    for (int i = 1; i <= 5; ++i)
      EXPECT_TRUE(ch.try_send(std::move(i)));
  });
  EXPECT_EQ(receiver->take(), 3u);
  EXPECT_EQ(into, (std::vector{1, 2, 3}));
  EXPECT_EQ(ch.size(), 2u);
}

TEST_F(receive_many_test, receive_many_makes_room_for_all_senders_that_wait) {
  channel<int> ch(2);
  int sent = 0;
  const auto sender = start([&]() -> task<> {
    for (int i = 0; i < 6; ++i, ++sent)
      (void)co_await ch.send(std::move(i));
  });
  EXPECT_EQ(sent, 2);
  std::vector<int> into;
  run([&]() -> task<> {
    while (into.size() < 6)
      (void)co_await ch.receive_many(into, 4);
  });
  settle();
  EXPECT_EQ(into, (std::vector{0, 1, 2, 3, 4, 5}));
  EXPECT_TRUE(sender->ended());
}

TEST_F(receive_many_test, receive_many_of_a_closed_channel_drains_it_then_says_so) {
  channel<int> ch(2);
  EXPECT_TRUE(ch.try_send(1));
  ch.close();
  std::vector<int> into;
  run([&]() -> task<> {
    EXPECT_EQ(*co_await ch.receive_many(into, 4), 1u);
    EXPECT_EQ((co_await ch.receive_many(into, 4)).error(), errc::channel_closed);
  });
  EXPECT_EQ(into, std::vector{1});
}

}  // namespace
}  // namespace actornet

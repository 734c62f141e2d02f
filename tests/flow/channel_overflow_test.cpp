// Full channels: what `offer` does by policy, and channels that are limited by bytes.

#include <string>
#include <vector>

#include "actornet/flow/channel.hpp"
#include "flow/flow_test.hpp"

namespace actornet {
namespace {

using channel_overflow_test = flow_test;
using net::overflow_policy;

channel<int> full_channel(overflow_policy what, std::size_t capacity = 2) {
  channel<int> ch({.capacity = capacity, .overflow = what, .key_of = [](const int& one) {
                     return std::uint64_t(one % 10);
                   }});
  for (std::size_t i = 1; i <= capacity; ++i)
    EXPECT_TRUE(ch.offer(static_cast<int>(i)));
  return ch;
}

template <class T>
std::vector<T> drained(channel<T>& ch) {
  std::vector<T> all;
  while (auto one = ch.try_receive())
    all.push_back(std::move(*one));
  return all;
}

// -- policies -------------------------------------------------------------------------------------

TEST_F(channel_overflow_test, reject_refuses_the_new_element) {
  auto ch = full_channel(overflow_policy::reject);
  EXPECT_EQ(ch.offer(3).error(), errc::mailbox_full);
  EXPECT_EQ(ch.dropped(), 0u);
  EXPECT_EQ(drained(ch), (std::vector{1, 2}));
}

TEST_F(channel_overflow_test, drop_newest_drops_the_new_element_and_counts_it) {
  auto ch = full_channel(overflow_policy::drop_newest);
  EXPECT_EQ(ch.offer(3).error(), errc::dropped);
  EXPECT_EQ(ch.dropped(), 1u);
  EXPECT_EQ(drained(ch), (std::vector{1, 2}));
}

TEST_F(channel_overflow_test, drop_oldest_makes_room_and_counts_what_it_dropped) {
  auto ch = full_channel(overflow_policy::drop_oldest);
  EXPECT_TRUE(ch.offer(3));
  EXPECT_TRUE(ch.offer(4));
  EXPECT_EQ(ch.dropped(), 2u);
  EXPECT_EQ(drained(ch), (std::vector{3, 4}));
}

/// Its end uses the channel that it was in.
struct reporter {
  explicit reporter(const channel<reporter>* to) : ch(to) {}
  reporter(reporter&& other) noexcept : ch(std::exchange(other.ch, nullptr)) {}
  ~reporter() {
    if (ch) {
      EXPECT_LE(ch->size(), 1u);
    }
  }
  const channel<reporter>* ch;
};

TEST_F(channel_overflow_test, what_is_dropped_or_replaced_may_use_the_channel_in_its_destructor) {
  for (const auto policy : {overflow_policy::drop_oldest, overflow_policy::conflate}) {
    const channel<reporter> ch({.capacity = 1, .overflow = policy, .key_of = [](const reporter&) {
                                  return std::uint64_t{1};
                                }});
    for (int i = 0; i < 3; ++i)
      EXPECT_TRUE(ch.offer(reporter(&ch)));
    EXPECT_EQ(ch.dropped(), 2u);
    EXPECT_TRUE(ch.try_receive());
  }
}

TEST_F(channel_overflow_test, drop_oldest_drops_the_new_element_where_nothing_can_wait) {
  auto ch = full_channel(overflow_policy::drop_oldest, 0);
  EXPECT_EQ(ch.offer(3).error(), errc::dropped);
  EXPECT_EQ(ch.dropped(), 1u);
}

TEST_F(channel_overflow_test, conflate_replaces_the_element_of_the_same_key_in_its_place) {
  auto ch = full_channel(overflow_policy::conflate);
  EXPECT_TRUE(ch.offer(11));
  EXPECT_EQ(ch.offer(3).error(), errc::mailbox_full);
  EXPECT_EQ(ch.dropped(), 1u);
  EXPECT_EQ(drained(ch), (std::vector{11, 2}));
}

TEST_F(channel_overflow_test, close_closes_the_channel_and_tells_who_waits) {
  auto ch = full_channel(overflow_policy::close);
  const auto sender =
      start([&]() -> task<std::error_code> { co_return (co_await ch.send(3)).error(); });
  on_loop([&] { EXPECT_EQ(ch.offer(4).error(), errc::slow_consumer); });
  EXPECT_EQ(sender->take(), errc::channel_closed);
  EXPECT_EQ(ch.offer(5).error(), errc::channel_closed);
  EXPECT_EQ(drained(ch), (std::vector{1, 2})) << "what was accepted stays";
}

TEST_F(channel_overflow_test, an_offer_to_who_waits_for_it_needs_no_policy) {
  for (const auto what : {overflow_policy::reject, overflow_policy::drop_newest,
                          overflow_policy::drop_oldest, overflow_policy::close}) {
    auto ch = full_channel(what, 0);
    const auto receiver = start([&]() -> task<int> { co_return *co_await ch.receive(); });
    on_loop([&] { EXPECT_TRUE(ch.offer(7)); });
    EXPECT_EQ(receiver->take(), 7);
    EXPECT_EQ(ch.dropped(), 0u);
  }
}

TEST_F(channel_overflow_test, an_offer_does_not_regard_senders_that_wait) {
  auto ch = full_channel(overflow_policy::drop_oldest);
  const auto sender = start([&]() -> task<bool> { co_return bool(co_await ch.send(5)); });
  on_loop([&] { EXPECT_TRUE(ch.offer(3)); });
  EXPECT_FALSE(sender->ended());
  EXPECT_EQ(drained(ch), (std::vector{2, 3, 5}));
  settle();
  EXPECT_TRUE(sender->take());
}

// -- bytes ----------------------------------------------------------------------------------------

channel<std::string> byte_channel(std::size_t bytes_max,
                                  overflow_policy what = overflow_policy::reject) {
  return channel<std::string>(
      {.capacity = 100,
       .bytes_max = bytes_max,
       .bytes_of = [](const std::string& one) { return one.size(); },
       .overflow = what,
       .key_of = [](const std::string& one) { return static_cast<std::uint64_t>(one.front()); }});
}

TEST_F(channel_overflow_test, a_channel_may_be_full_of_bytes) {
  auto ch = byte_channel(10);
  EXPECT_TRUE(ch.try_send(std::string(6, 'a')));
  EXPECT_TRUE(ch.try_send(std::string(4, 'b')));
  EXPECT_EQ(ch.try_send(std::string(1, 'c')).error(), errc::would_block);
  EXPECT_EQ(ch.try_receive()->size(), 6u);
  EXPECT_EQ(ch.try_send(std::string(7, 'c')).error(), errc::would_block);
  EXPECT_TRUE(ch.try_send(std::string(6, 'c')));
}

TEST_F(channel_overflow_test, an_element_larger_than_the_limit_travels_alone) {
  auto ch = byte_channel(10);
  EXPECT_TRUE(ch.try_send(std::string(1, 'a')));
  EXPECT_EQ(ch.try_send(std::string(50, 'b')).error(), errc::would_block);
  EXPECT_TRUE(ch.try_receive());
  EXPECT_TRUE(ch.try_send(std::string(50, 'b')));
  EXPECT_EQ(ch.try_send(std::string()).error(), errc::would_block);
}

TEST_F(channel_overflow_test, one_receive_lets_as_many_senders_in_as_fit) {
  auto ch = byte_channel(10);
  EXPECT_TRUE(ch.try_send(std::string(10, 'a')));
  int sent = 0;
  const auto sender = [&]() -> task<> {
    if (co_await ch.send(std::string(4, 'b')))
      ++sent;
  };
  const auto first = start(sender), second = start(sender), third = start(sender);
  on_loop([&] { EXPECT_TRUE(ch.try_receive()); });
  EXPECT_EQ(sent, 2);
  on_loop([&] { EXPECT_TRUE(ch.try_receive()); });
  EXPECT_EQ(sent, 3);
}

TEST_F(channel_overflow_test, a_small_element_does_not_pass_by_a_large_one_that_waits) {
  auto ch = byte_channel(10);
  EXPECT_TRUE(ch.try_send(std::string(8, 'a')));
  const auto large = start([&]() -> task<> { (void)co_await ch.send(std::string(5, 'b')); });
  EXPECT_EQ(ch.try_send("c").error(), errc::would_block);
  const auto small = start([&]() -> task<> { (void)co_await ch.send("c"); });
  EXPECT_FALSE(small->ended());
  on_loop([&] { EXPECT_TRUE(ch.try_receive()); });
  EXPECT_TRUE(large->ended());
  EXPECT_TRUE(small->ended());
  EXPECT_EQ(drained(ch), (std::vector{std::string(5, 'b'), std::string("c")}));
}

TEST_F(channel_overflow_test, when_a_large_element_is_taken_back_a_small_one_behind_it_comes_in) {
  auto ch = byte_channel(10);
  EXPECT_TRUE(ch.try_send(std::string(8, 'a')));
  const auto large = start([&]() -> task<> { (void)co_await ch.send(std::string(5, 'b')); });
  const auto small = start([&]() -> task<> { (void)co_await ch.send("c"); });
  cancel(*large);
  EXPECT_TRUE(large->ended());
  EXPECT_TRUE(small->ended());
  EXPECT_EQ(ch.size(), 2u);
}

TEST_F(channel_overflow_test, room_that_drop_oldest_makes_beyond_its_need_goes_to_who_waits) {
  auto ch = byte_channel(10, overflow_policy::drop_oldest);
  EXPECT_TRUE(ch.try_send(std::string(9, 'a')));
  const auto sender = start([&]() -> task<> { (void)co_await ch.send(std::string(3, 'b')); });
  EXPECT_FALSE(sender->ended());
  on_loop([&] { EXPECT_TRUE(ch.offer(std::string(2, 'c'))); });
  EXPECT_TRUE(sender->ended());
  EXPECT_EQ(ch.dropped(), 1u);
  EXPECT_EQ(drained(ch), (std::vector{std::string("cc"), std::string("bbb")}));
}

TEST_F(channel_overflow_test, a_smaller_element_of_the_same_key_makes_room_for_who_waits) {
  auto ch = byte_channel(10, overflow_policy::conflate);
  EXPECT_TRUE(ch.try_send(std::string(9, 'a')));
  const auto sender = start([&]() -> task<> { (void)co_await ch.send(std::string(3, 'b')); });
  on_loop([&] { EXPECT_TRUE(ch.offer("a")); });
  EXPECT_TRUE(sender->ended());
  EXPECT_EQ(drained(ch), (std::vector{std::string("a"), std::string("bbb")}));
}

TEST_F(channel_overflow_test, conflating_does_not_exceed_the_limit_in_bytes) {
  auto ch = byte_channel(10, overflow_policy::conflate);
  EXPECT_TRUE(ch.try_send(std::string(5, 'a')));
  EXPECT_TRUE(ch.try_send(std::string(5, 'b')));
  EXPECT_EQ(ch.offer(std::string(6, 'a')).error(), errc::mailbox_full);
  EXPECT_TRUE(ch.offer(std::string(4, 'a')));
  EXPECT_EQ(drained(ch), (std::vector{std::string(4, 'a'), std::string(5, 'b')}));
}

}  // namespace
}  // namespace actornet

// What becomes of members that do not take what they are given.

#include <gmock/gmock.h>

#include "rooms_support.hpp"

namespace actornet::rooms {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Of names and bodies of one letter: a message counts for 2 bytes.
class slow_member : public rooms_test {
 protected:
  seat& stalled(std::string user, std::optional<position> after = {}) {
    seat& added = join("tea", std::move(user), after);
    added.who.takes = false;
    added.who.take();
    return added;
  }
  void publish_some(int count) {
    for (int i = 1; i <= count; ++i)
      EXPECT_TRUE(publish("tea", "p", std::to_string(i % 10)));
  }
  static room_options with(slow_messages policy) {
    room_options options;
    options.slow = {.messages = policy, .messages_bytes_max = 5, .replay_bytes_max = 3};
    return options;
  }
};

TEST_F(slow_member, is_closed_when_too_much_waits_and_the_others_go_on) {
  open(with(slow_messages::close));
  seat& slow = stalled("s");
  seat& good = join("tea", "g");
  good.who.take(), slow.who.take();
  publish_some(5);
  EXPECT_THAT(slow.who.take(),
              ElementsAre("1 p 1", "2 p 2", "3 p 3", "closed peer reads too slowly"));
  EXPECT_THAT(good.who.take(), SizeIs(6)) << "five messages and who left";
  EXPECT_EQ(all->counts().slow_closed, 1u);
  EXPECT_EQ(all->counts().members, 1u);
}

TEST_F(slow_member, with_the_policy_drop_gets_a_gap_once_it_has_caught_up) {
  open(with(slow_messages::drop));
  seat& slow = stalled("s");
  publish_some(6);
  EXPECT_THAT(slow.who.take(), ElementsAre("1 p 1", "2 p 2", "3 p 3"));
  EXPECT_TRUE(world.run_for(1s));
  EXPECT_THAT(slow.who.take(), IsEmpty());
  slow.who.unsent = 0;
  EXPECT_TRUE(world.run_for(1s));
  EXPECT_THAT(slow.who.take(), ElementsAre("gap 7:3-7:6 slow_consumer"));
  publish_some(1);
  EXPECT_THAT(slow.who.take(), ElementsAre("7 p 1"));
  EXPECT_EQ(all->counts().slow_messages_dropped, 3u);
}

TEST_F(slow_member, is_not_flooded_by_a_replay) {
  open(with(slow_messages::close));
  publish_some(5);
  seat& slow = *members.emplace_back(std::make_unique<seat>());
  slow.who.takes = false;
  on(0, [&] { slow.in = *all->join("tea", slow.who, {"s", position{7, 0}, 0}); });
  EXPECT_THAT(slow.who.take(), ElementsAre("joined 7:5 [s]", "1 p 1", "2 p 2"));
  publish_some(1);
  EXPECT_TRUE(world.run_for(1s));
  EXPECT_THAT(slow.who.take(), IsEmpty()) << "what is new waits with the rest";
  slow.who.unsent = 0;
  EXPECT_TRUE(world.run_for(1s));
  EXPECT_THAT(slow.who.take(), ElementsAre("3 p 3", "4 p 4"));
  slow.who.takes = true;
  slow.who.unsent = 0;
  EXPECT_TRUE(world.run_for(1s));
  EXPECT_THAT(slow.who.take(), ElementsAre("5 p 5", "6 p 1"));
  EXPECT_EQ(all->counts().slow_closed, 0u);
}

TEST_F(slow_member, is_told_the_last_state_of_presence_once_it_has_caught_up) {
  room_options options;
  options.slow.presence_bytes_max = 3;
  open(options);
  seat& slow = stalled("s");
  join("tea", "a");
  seat& b = join("tea", "b");
  slow.who.take();
  slow.who.unsent = 100;
  join("tea", "c");
  seat& d = join("tea", "d");
  leave(d);
  leave(b);
  EXPECT_THAT(slow.who.take(), IsEmpty());
  slow.who.unsent = 0;
  EXPECT_TRUE(world.run_for(1s));
  const lines told = slow.who.take();
  EXPECT_THAT(told, ::testing::UnorderedElementsAre("c came 3", "b left 3"));
  EXPECT_EQ(all->counts().presence_conflated, 4u);
}

TEST_F(slow_member, is_not_told_who_types) {
  room_options options;
  options.slow.typing_bytes_max = 3;
  open(options);
  seat& slow = stalled("s");
  seat& a = join("tea", "a");
  slow.who.take();
  slow.who.unsent = 4;
  on(0, [&] { a.in.typing(true); });
  EXPECT_THAT(slow.who.take(), IsEmpty());
  EXPECT_EQ(all->counts().typing_dropped, 1u);
}

TEST_F(slow_member, may_be_closed_in_a_room_of_many_stalled_ones) {
  open(with(slow_messages::close));
  for (int i = 0; i < 50; ++i)
    stalled("s" + std::to_string(i));
  publish_some(5);
  EXPECT_EQ(all->counts().slow_closed, 50u);
  EXPECT_EQ(all->counts().rooms, 0u);
}

TEST_F(slow_member, loop_that_is_behind_reads_what_it_was_not_sent) {
  open({.page_messages_max = 2, .part_queue_max = 3});
  seat& far = join("tea", "f", {}, 0, 1);
  far.who.take();
  on(0, [&] {
    for (int i = 1; i <= 9; ++i)
      all->publish("tea", {"p", "", bytes_of(std::to_string(i))}, [](const auto&) {}).detach();
  });
  lines expected;
  for (int i = 1; i <= 9; ++i)
    expected.push_back(std::to_string(i) + " p " + std::to_string(i));
  EXPECT_EQ(far.who.take(), expected);
}

}  // namespace
}  // namespace actornet::rooms

// Who is in a room whose members are on several nodes.

#include <gmock/gmock.h>

#include "presence_support.hpp"

namespace actornet::rooms {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class presence_nodes : public presence_test {};

TEST_F(presence_nodes, hear_who_comes_to_another_and_who_leaves_it) {
  open(2);
  seat& ann = join(0, "ann");
  seat& bob = join(1, "bob");
  pass(1s);
  EXPECT_THAT(ann.who.take(), ElementsAre("joined 7:0 [ann]", "bob came 2"));
  EXPECT_THAT(bob.who.take(), ElementsAre("joined 7:0 [bob]", "ann came 2"));
  leave(1, bob);
  pass(1s);
  EXPECT_THAT(ann.who.take(), ElementsAre("bob left 1"));
  EXPECT_EQ(who(0), "[ann]");
}

TEST_F(presence_nodes, a_user_on_two_of_them_is_one_user) {
  open(3);
  seat& ann = join(0, "ann");
  seat& first = join(1, "bob");
  seat& second = join(2, "bob");
  pass(1s);
  EXPECT_THAT(ann.who.take(), ElementsAre("joined 7:0 [ann]", "bob came 2"));
  leave(1, first);
  pass(1s);
  EXPECT_THAT(ann.who.take(), IsEmpty());
  EXPECT_EQ(who(2), "[ann bob]");
  leave(2, second);
  pass(1s);
  EXPECT_THAT(ann.who.take(), ElementsAre("bob left 1"));
}

TEST_F(presence_nodes, a_user_of_this_and_of_another_leaves_with_the_last) {
  open(2);
  seat& ann = join(0, "ann");
  seat& here = join(0, "bob");
  seat& there = join(1, "bob");
  pass(1s);
  leave(0, here);
  pass(1s);
  EXPECT_THAT(ann.who.take(), ElementsAre("joined 7:0 [ann]", "bob came 2"));
  leave(1, there);
  pass(1s);
  EXPECT_THAT(ann.who.take(), ElementsAre("bob left 1"));
}

TEST_F(presence_nodes, who_comes_later_hears_who_is_there) {
  open(3);
  join(0, "ann");
  join(1, "bob");
  pass(10s);
  seat& cleo = join(2, "cleo");
  pass(500ms);
  EXPECT_EQ(who(2), "[ann bob cleo]");
  EXPECT_EQ(cleo.who.take().size(), 3u);
}

TEST_F(presence_nodes, hear_who_types_on_another) {
  open(2);
  seat& ann = join(0, "ann");
  seat& bob = join(1, "bob");
  pass(1s);
  ann.who.take();
  on(nodes[1], [&] { bob.in.typing(true); });
  leave(1, bob);
  pass(1s);
  EXPECT_THAT(ann.who.take(), ElementsAre("bob types", "bob stops", "bob left 1"));
}

TEST_F(presence_nodes, many_changes_are_few_frames_and_one_list) {
  open(2);
  seat& ann = join(0, "ann");
  join(1, "bob");
  pass(1s);
  ann.who.take();
  const std::size_t before = nodes[1].bus.sent.size();
  for (int i = 0; i < 50; ++i)
    join(1, "user " + std::to_string(i));
  pass(1s);
  EXPECT_LE(nodes[1].bus.sent.size(), before + 3);
  const lines told = ann.who.take();
  EXPECT_THAT(told, Contains(::testing::StartsWith("list [ann bob user 0 ")));
  EXPECT_LE(told.size(), 3u);
}

TEST_F(presence_nodes, who_comes_and_goes_in_between_is_not_told) {
  open(2);
  seat& ann = join(0, "ann");
  join(1, "bob");
  pass(1s);
  ann.who.take();
  join(1, "cleo");  // at once
  leave(1, join(1, "dora"));
  pass(1s);
  EXPECT_THAT(ann.who.take(), ElementsAre("cleo came 3"));
}

TEST_F(presence_nodes, without_a_place_say_nothing) {
  nodes.emplace_back(world, shared, kept, "", room_options(), false);
  nodes.back().start(0);
  join(0, "ann");
  pass(10s);
  EXPECT_THAT(nodes[0].bus.sent, IsEmpty());
}

TEST_F(presence_nodes, a_place_needs_a_boot_and_a_name_that_is_not_too_long) {
  open(1);
  const auto make = [&](const node_place& place) {
    const registry made(nodes[0].loops, kept, shared, {}, {}, place);
  };
  EXPECT_THROW(make({"A", 0, {}}), std::invalid_argument);
  EXPECT_THROW(make({std::string(129, 'x'), 1, {}}), std::invalid_argument);
}

TEST_F(presence_nodes, names_that_do_not_fit_into_one_frame_come_in_parts) {
  open(2, {.names_max = 300});
  const auto long_name = [](int i) { return std::to_string(1'000 + i) + std::string(240, 'x'); };
  for (int i = 0; i < 200; ++i)
    join(0, long_name(i));
  pass(1s);
  seat& bob = join(1, "bob");
  pass(1s);
  EXPECT_EQ(who(1), who(0));
  std::size_t parts = 0;
  for (const auto& each : nodes[0].bus.sent) {
    EXPECT_LE(each.payload.size(), cluster::bus::payload_bytes_max);
    parts =
        std::max<std::size_t>(parts, detail::decode_presence(each.payload, {})->names().parts());
  }
  EXPECT_EQ(parts, 2u);
  EXPECT_EQ(bob.who.take().size(), 2u);
}

// -- counts ---------------------------------------------------------------------------------------

TEST_F(presence_nodes, tell_counts_only_where_a_room_is_big_on_all_of_them_together) {
  open(2, {.names_max = 8});
  for (int i = 0; i < 5; ++i)
    join(0, "a" + std::to_string(i));
  for (int i = 0; i < 4; ++i)
    join(1, "b" + std::to_string(i));
  pass(1s);
  EXPECT_EQ(who(0), "9");
  EXPECT_EQ(who(1), "9");
  const std::size_t before = nodes[1].bus.sent.size();
  join(1, "b4");
  pass(3s);
  EXPECT_EQ(who(0), "10");
  ASSERT_GT(nodes[1].bus.sent.size(), before);
  for (std::size_t i = before; i < nodes[1].bus.sent.size(); ++i) {
    const auto frame = *detail::decode_presence(nodes[1].bus.sent[i].payload, {});
    EXPECT_FALSE(frame.named() || frame.has_changes() || frame.has_names());
  }
  for (std::size_t i = 0; i < 4; ++i)
    leave(0, *seats[i]);
  pass(2s);
  EXPECT_EQ(who(0), "[a4 b0 b1 b2 b3 b4]");
  EXPECT_EQ(who(1), who(0));
  EXPECT_EQ(seats[4]->who.told.back(), "list [a4 b0 b1 b2 b3 b4]");
}

TEST_F(presence_nodes, one_with_too_many_names_is_counted_and_those_of_the_others_are_few) {
  open(3, {.names_max = 4});
  seat& ann = join(0, "ann");
  join(1, "bob");
  for (int i = 0; i < 10; ++i)
    join(2, "c" + std::to_string(i));
  pass(1s);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(who(i), "12") << i;
  leave(0, ann);
  join(0, "ann");
  pass(1s);
  EXPECT_EQ(who(2), "12");
}

// -- grace ----------------------------------------------------------------------------------------

class leave_grace : public presence_test {};

TEST_F(leave_grace, who_is_back_by_then_was_never_away) {
  open(2, {.leave_grace = 2s});
  seat& ann = join(0, "ann");
  seat& cleo = join(1, "cleo");
  seat* bob = &join(0, "bob");
  pass(1s);
  ann.who.take(), cleo.who.take();
  for (int i = 0; i < 3; ++i) {
    leave(0, *bob);
    pass(1900ms);
    bob = &join(0, "bob");
  }
  pass(3s);
  EXPECT_THAT(ann.who.take(), IsEmpty());
  EXPECT_THAT(cleo.who.take(), IsEmpty());
  leave(0, *bob);
  pass(1900ms);
  EXPECT_EQ(who(0), "[ann bob cleo]");
  pass(1s);
  EXPECT_THAT(ann.who.take(), ElementsAre("bob left 2"));
  EXPECT_THAT(cleo.who.take(), ElementsAre("bob left 2"));
}

TEST_F(leave_grace, who_moves_to_another_node_was_never_away) {
  open(3, {.leave_grace = 2s});
  seat& ann = join(0, "ann");
  seat& bob = join(1, "bob");
  pass(1s);
  ann.who.take();
  leave(1, bob);  // the last member there: the room lingers
  pass(1s);
  join(2, "bob");
  pass(5s);
  EXPECT_THAT(ann.who.take(), IsEmpty());
  EXPECT_EQ(nodes[1].all->counts().rooms, 0u);
  EXPECT_EQ(who(0), "[ann bob]");
}

TEST_F(leave_grace, who_says_that_it_leaves_has_left) {
  open(1, {.leave_grace = 2s});
  seat& ann = join(0, "ann");
  seat& bob = join(0, "bob");
  ann.who.take();
  on(nodes[0], [&] { bob.in.leave(); });
  EXPECT_THAT(ann.who.take(), ElementsAre("bob left 1"));
}

TEST_F(leave_grace, is_not_for_more_users_than_a_room_may_have_members) {
  open(1, {.members_max = 3, .leave_grace = 2s});
  seat& ann = join(0, "ann");
  for (int i = 0; i < 4; ++i)
    leave(0, join(0, "u" + std::to_string(i)));
  EXPECT_THAT(ann.who.take(), ElementsAre("joined 7:0 [ann]", "u0 came 2", "u1 came 3", "u2 came 4",
                                          "u3 came 5", "u3 left 4"));
}

TEST_F(leave_grace, does_not_keep_a_room_that_no_other_node_may_have) {
  nodes.emplace_back(world, shared, kept, "", room_options{.leave_grace = 2s}, false);
  nodes.back().start(0);
  leave(0, join(0, "ann"));
  EXPECT_EQ(nodes[0].all->counts().rooms, 0u);
}

}  // namespace
}  // namespace actornet::rooms

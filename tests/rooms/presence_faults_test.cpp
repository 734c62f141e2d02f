// What goes wrong between nodes, and that each hears the truth again: soon, and without asking all.

#include <gmock/gmock.h>

#include "presence_support.hpp"

namespace actornet::rooms {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class presence_faults : public presence_test {
 public:
  /// Two nodes, ann on the first and bob on the second, who know of each other.
  void open_with_ann_and_bob(bool membership = false) {
    open(2, {}, membership);
    ann = &join(0, "ann");
    bob = &join(1, "bob");
    pass(1s);
    ASSERT_THAT(ann->who.take(), ElementsAre("joined 7:0 [ann]", "bob came 2"));
    bob->who.take();
  }

  /// A frame of a node C with boot 300, which has eve and is not there otherwise.
  static detail::presence_frame of_c() {
    detail::presence_frame made;
    made.set_protocol(detail::presence_protocol);
    made.set_node("C");
    made.set_boot(300);
    made.set_life(1);
    made.set_version(1);
    made.set_users(1);
    made.set_hash(detail::presence_hash("eve"));
    made.set_named(true);
    made.mutable_names()->set_parts(1);
    made.mutable_names()->add_names("eve");
    return made;
  }

  seat* ann = nullptr;
  seat* bob = nullptr;
};

// -- nodes that end -------------------------------------------------------------------------------

TEST_F(presence_faults, the_users_of_a_node_that_is_down_are_gone_at_once) {
  open_with_ann_and_bob(true);
  crash(1, {bob});
  pass(1s);
  EXPECT_THAT(ann->who.take(), IsEmpty());
  nodes[0].others.down("B");
  EXPECT_TRUE(world.run_until_idle());
  EXPECT_THAT(ann->who.take(), ElementsAre("bob left 1"));
}

TEST_F(presence_faults, the_users_of_a_node_that_is_silent_are_gone_after_a_while) {
  open_with_ann_and_bob();
  crash(1, {bob});
  pass(4s);
  EXPECT_THAT(ann->who.take(), IsEmpty());
  pass(4s);
  EXPECT_THAT(ann->who.take(), ElementsAre("bob left 1"));
}

TEST_F(presence_faults, a_node_comes_back_with_another_boot_and_other_users) {
  open_with_ann_and_bob();
  crash(1, {bob});
  nodes[1].start(200);
  bob = &join(1, "cleo");
  pass(1s);
  EXPECT_THAT(ann->who.take(), ElementsAre("bob left 1", "cleo came 2"));
  EXPECT_EQ(who(1), "[ann cleo]");
}

TEST_F(presence_faults, who_is_on_the_new_boot_of_its_node_as_on_the_old_was_never_away) {
  open_with_ann_and_bob();
  crash(1, {bob});
  nodes[1].start(200);
  join(1, "bob");
  pass(5s);
  EXPECT_THAT(ann->who.take(), IsEmpty());
}

TEST_F(presence_faults, membership_says_when_a_node_is_back) {
  open_with_ann_and_bob(true);
  crash(1, {bob});
  nodes[0].others.down("B");
  nodes[1].start(200);
  join(1, "cleo");
  pass(1s);
  EXPECT_EQ(who(0), "[ann]") << "it is not up yet";
  nodes[0].others.up("B", 200);
  nodes[1].others.up("A", nodes[0].boot);
  pass(1s);
  EXPECT_EQ(who(0), "[ann cleo]");
  EXPECT_EQ(who(1), "[ann cleo]");
}

TEST_F(presence_faults, a_node_that_was_down_by_mistake_is_back_with_its_users) {
  open_with_ann_and_bob(true);
  nodes[0].others.down("B");
  pass(3s);
  EXPECT_EQ(who(0), "[ann]");
  EXPECT_EQ(who(1), "[ann bob]");
  nodes[0].others.up("B", nodes[1].boot);
  pass(1s);
  EXPECT_EQ(who(0), "[ann bob]");
}

TEST_F(presence_faults, a_room_that_a_node_left_and_entered_again_is_told_anew) {
  open_with_ann_and_bob();
  nodes[1].bus.cut = true;
  leave(1, *bob);
  nodes[1].bus.cut = false;
  join(1, "cleo");
  pass(1s);
  EXPECT_THAT(ann->who.take(), ElementsAre("bob left 1", "cleo came 2"));
}

// -- what gets lost -------------------------------------------------------------------------------

TEST_F(presence_faults, a_change_that_was_lost_is_made_good_after_the_next_digest) {
  open_with_ann_and_bob();
  nodes[1].bus.loses = [] { return true; };
  join(1, "cleo");
  pass(300ms);
  nodes[1].bus.loses = {};
  pass(3s);
  EXPECT_EQ(who(0), "[ann bob cleo]");
  EXPECT_EQ(nodes[0].all->counts().presence_wanted, 1u);
}

TEST_F(presence_faults, a_change_after_one_that_was_lost_is_made_good_at_once) {
  open_with_ann_and_bob();
  nodes[1].bus.loses = [] { return true; };
  join(1, "cleo");
  pass(300ms);
  nodes[1].bus.loses = {};
  join(1, "dora");
  pass(800ms);
  EXPECT_THAT(ann->who.take(), ElementsAre("cleo came 3", "dora came 4"));
}

TEST_F(presence_faults, a_change_that_the_bus_does_not_take_is_made_good_as_well) {
  open_with_ann_and_bob();
  nodes[1].bus.full = true;
  join(1, "cleo");
  pass(300ms);
  nodes[1].bus.full = false;
  pass(3s);
  EXPECT_EQ(who(0), "[ann bob cleo]");
}

TEST_F(presence_faults, all_is_told_again_5_s_after_a_partition_has_healed) {
  open_with_ann_and_bob();
  nodes[1].bus.cut = true;
  pass(14s);
  join(0, "cleo");
  join(1, "dora");
  EXPECT_EQ(who(0), "[ann cleo]");
  EXPECT_EQ(who(1), "[bob dora]");
  pass(14s);
  nodes[1].bus.cut = false;
  pass(5s);
  EXPECT_EQ(who(0), "[ann bob cleo dora]");
  EXPECT_EQ(who(1), who(0));
}

TEST_F(presence_faults, the_same_where_membership_noticed) {
  open_with_ann_and_bob(true);
  nodes[1].bus.cut = true;
  nodes[0].others.down("B");
  nodes[1].others.down("A");
  pass(200s);
  join(0, "cleo");
  join(1, "dora");
  EXPECT_EQ(who(0), "[ann cleo]");
  nodes[1].bus.cut = false;
  nodes[0].others.up("B", nodes[1].boot);
  nodes[1].others.up("A", nodes[0].boot);
  pass(1s);
  EXPECT_EQ(who(0), "[ann bob cleo dora]");
  EXPECT_EQ(who(1), who(0));
}

TEST_F(presence_faults, alone_for_long_a_node_says_little_if_membership_tells_who_comes) {
  open(2, {}, true);
  join(0, "ann");
  pass(70s);
  const std::size_t before = nodes[0].bus.sent.size();
  pass(60s);
  EXPECT_LE(nodes[0].bus.sent.size(), before + 3);
  join(1, "bob");
  pass(1s);
  EXPECT_EQ(who(0), "[ann bob]");
  EXPECT_EQ(who(1), "[ann bob]");
}

// -- what a node should not say -------------------------------------------------------------------

TEST_F(presence_faults, a_frame_of_another_node_counts) {
  open_with_ann_and_bob();
  say(of_c());
  EXPECT_THAT(ann->who.take(), ElementsAre("eve came 3"));
  pass(8s);
  EXPECT_THAT(ann->who.take(), ElementsAre("eve left 2"));
}

TEST_F(presence_faults, what_is_no_frame_costs_only_itself) {
  open_with_ann_and_bob();
  std::vector<detail::presence_frame> bad(11, of_c());
  bad[0].set_protocol(2);
  bad[1].clear_node();
  bad[2].set_node(std::string(129, 'x'));
  bad[3].set_boot(0);
  bad[4].set_life(0);
  bad[5].mutable_names()->set_parts(0);
  bad[6].mutable_names()->set_names(0, "");
  bad[7].mutable_names()->set_names(0, std::string(257, 'x'));
  bad[8].mutable_changes()->set_from(1);
  bad[9].add_wants("");
  bad[10].mutable_changes()->add_left("");
  for (const auto& each : bad)
    say(each);
  say(bytes_of("garbage"));
  say(bytes_of(""));
  EXPECT_EQ(refused(0), bad.size() + 2);
  pass(1s);
  EXPECT_EQ(who(0), "[ann bob]");
  say(of_c());
  EXPECT_EQ(who(0), "[ann bob eve]");
}

TEST_F(presence_faults, names_that_are_not_what_the_frame_says_are_not_taken) {
  open_with_ann_and_bob();
  std::vector<detail::presence_frame> bad(5, of_c());
  bad[0].set_hash(7);
  bad[1].set_users(2);
  bad[2].mutable_names()->add_names("eve");
  bad[3].mutable_names()->set_part(1), bad[3].mutable_names()->set_parts(2);
  bad[4].mutable_changes()->add_came("eve"), bad[4].mutable_changes()->set_from(0);
  bad[4].mutable_changes()->add_left("bob"), bad[4].set_hash(7);
  for (std::size_t i = 0; i < 4; ++i) {
    say(bad[i]);
    EXPECT_EQ(who(0), "[ann bob]") << i;
  }
  EXPECT_EQ(nodes[0].all->counts().presence_wanted, 1u) << "not again and again";
  say(bad[4]);
  EXPECT_EQ(who(0), "[ann bob eve]") << "changes are told before they are found wrong";
  say(of_c());
  EXPECT_EQ(who(0), "[ann bob eve]");
}

TEST_F(presence_faults, more_names_than_a_room_tells_are_a_count) {
  open_with_ann_and_bob();
  auto many = of_c();
  many.set_users(101);
  for (int i = 0; i < 100; ++i)
    many.mutable_names()->add_names("u" + std::to_string(i));
  say(many);
  EXPECT_EQ(who(0), "103");
  many.set_users(~std::uint32_t{0});
  many.set_version(2);
  say(many);
  EXPECT_EQ(who(0), std::to_string(~std::uint32_t{0}));
}

TEST_F(presence_faults, what_is_older_than_what_is_known_is_refused) {
  open_with_ann_and_bob();
  auto now = of_c();
  now.set_life(2);
  now.set_version(5);
  say(now);
  const std::uint64_t before = refused(0);
  auto old = of_c();
  old.set_life(1);
  old.set_version(9);
  old.clear_names(), old.set_gone(true);
  say(old);
  old.set_life(2);
  old.set_version(4);
  say(old);
  EXPECT_EQ(refused(0), before + 2);
  EXPECT_EQ(who(0), "[ann bob eve]");
  old.set_version(5);
  say(old);
  EXPECT_EQ(who(0), "[ann bob]");
  say(now);
  EXPECT_EQ(refused(0), before + 3) << "that life is over";
  EXPECT_EQ(who(0), "[ann bob]");
}

TEST_F(presence_faults, a_boot_that_was_replaced_is_refused) {
  open_with_ann_and_bob();
  say(of_c());
  auto next = of_c();
  next.set_boot(301);
  next.mutable_names()->set_names(0, "fay");
  next.set_hash(detail::presence_hash("fay"));
  say(next);
  EXPECT_EQ(who(0), "[ann bob fay]");
  const std::uint64_t before = refused(0);
  say(of_c());
  EXPECT_EQ(refused(0), before + 1);
  EXPECT_EQ(who(0), "[ann bob fay]");
}

TEST_F(presence_faults, where_membership_knows_a_node_or_boot_is_refused_that_is_not_up) {
  open_with_ann_and_bob(true);
  say(of_c());
  auto replayed = of_c();
  replayed.set_node("B");
  say(replayed);
  EXPECT_EQ(refused(0), 2u);
  EXPECT_EQ(who(0), "[ann bob]");
}

TEST_F(presence_faults, one_node_too_many_is_left_out_until_another_is_gone) {
  open(1, {.across = {.nodes_max = 1}});
  join(0, "ann");
  auto other = of_c();
  other.set_node("D");
  say(other);
  say(of_c());
  EXPECT_EQ(refused(0), 1u);
  pass(8s);  // D is silent
  EXPECT_EQ(who(0), "[ann]");
  say(of_c());
  EXPECT_EQ(who(0), "[ann eve]");
}

}  // namespace
}  // namespace actornet::rooms

// What members of a room are told, one rule each.

#include <gmock/gmock.h>

#include "rooms_support.hpp"

namespace actornet::rooms {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class room : public rooms_test {};

TEST_F(room, a_message_reaches_all_members_on_all_loops_in_order) {
  open();
  seat& ann = join("tea", "ann", {}, 0, 0);
  seat& bob = join("tea", "bob", {}, 0, 1);
  ann.who.take(), bob.who.take();
  for (const char* text : {"one", "two", "three"})
    EXPECT_TRUE(publish("tea", "ann", text));
  EXPECT_THAT(ann.who.take(), ElementsAre("1 ann one", "2 ann two", "3 ann three"));
  EXPECT_THAT(bob.who.take(), ElementsAre("1 ann one", "2 ann two", "3 ann three"));
}

TEST_F(room, rooms_do_not_hear_each_other) {
  open();
  seat& ann = join("tea", "ann");
  EXPECT_TRUE(publish("coffee", "bob", "hello"));
  EXPECT_THAT(ann.who.take(), ElementsAre("joined 7:0 [ann]"));
}

TEST_F(room, the_answer_to_a_publish_is_its_position) {
  open();
  EXPECT_EQ(publish("tea", "ann", "one")->at, (position{7, 1}));
  const auto second = publish("tea", "bob", "two", "", 1);
  EXPECT_EQ(second->at, (position{7, 2}));
  EXPECT_FALSE(second->again);
}

TEST_F(room, a_retry_gets_the_first_position_and_reaches_nobody_twice) {
  open();
  seat& ann = join("tea", "ann");
  ann.who.take();
  EXPECT_TRUE(publish("tea", "ann", "one", "a"));
  EXPECT_TRUE(publish("tea", "ann", "two", "b"));
  const auto again = publish("tea", "ann", "one", "a", 1);
  EXPECT_EQ(again->at, (position{7, 1}));
  EXPECT_TRUE(again->again);
  EXPECT_EQ(publish("tea", "bob", "three", "a")->at, (position{7, 3})) << "another user's id";
  EXPECT_THAT(ann.who.take(), ElementsAre("1 ann one", "2 ann two", "3 bob three"));
}

TEST_F(room, who_comes_and_goes_is_told_by_user_not_by_device) {
  open();
  seat& ann = join("tea", "ann");
  seat& bob = join("tea", "bob", {}, 0, 1);
  seat& phone = join("tea", "bob");
  EXPECT_THAT(phone.who.take(), ElementsAre("joined 7:0 [ann bob]"));
  leave(bob, 1);
  EXPECT_THAT(ann.who.take(), ElementsAre("joined 7:0 [ann]", "bob came 2"));
  leave(phone);
  EXPECT_THAT(ann.who.take(), ElementsAre("bob left 1"));
}

TEST_F(room, who_answers_with_the_names_in_order) {
  open();
  join("tea", "cleo");
  join("tea", "ann", {}, 0, 1);
  std::optional<result<members_list>> list;
  on(0, [&] { all->who("tea", "ann", [&](result<members_list> got) { list = got; }).detach(); });
  EXPECT_THAT((*list)->names, ElementsAre("ann", "cleo"));
  EXPECT_EQ((*list)->users, 2u);
  on(1, [&] { all->who("none", "ann", [&](result<members_list> got) { list = got; }).detach(); });
  EXPECT_EQ((*list)->users, 0u);
}

TEST_F(room, beyond_a_limit_there_are_counts_and_no_names) {
  open({.names_max = 4});
  seat& ann = join("tea", "ann");
  for (int i = 0; i < 3; ++i)
    join("tea", "u" + std::to_string(i), {}, 0, 1);
  ann.who.take();
  seat& fifth = join("tea", "zoe");
  EXPECT_THAT(ann.who.take(), ElementsAre("list 5"));
  EXPECT_THAT(fifth.who.take(), ElementsAre("joined 7:0 5"));
  join("tea", "yves");
  join("tea", "xena");
  EXPECT_THAT(ann.who.take(), ElementsAre("count 6")) << "at once, then not more than so often";
  EXPECT_TRUE(world.run_for(1s));
  EXPECT_THAT(ann.who.take(), ElementsAre("count 7"));
  while (members.size() > 3) {
    on(1, [this] { members[1]->in = {}; });
    members.erase(members.begin() + 1);
  }
}

TEST_F(room, typing_is_told_once_and_expires) {
  open();
  seat& ann = join("tea", "ann");
  seat& bob = join("tea", "bob", {}, 0, 1);
  ann.who.take(), bob.who.take();
  on(0, [&] { ann.in.typing(true); });
  EXPECT_TRUE(world.run_for(4s));
  on(0, [&] { ann.in.typing(true); });
  EXPECT_TRUE(world.run_for(4s));
  EXPECT_THAT(bob.who.take(), ElementsAre("ann types"));
  EXPECT_TRUE(world.run_for(3s));
  EXPECT_THAT(bob.who.take(), ElementsAre("ann stops"));
  on(1, [&] { bob.in.typing(true); });
  on(1, [&] { bob.in.typing(false); });
  EXPECT_THAT(bob.who.take(), ElementsAre("bob types", "bob stops"));
}

TEST_F(room, who_leaves_types_no_more) {
  open();
  seat& ann = join("tea", "ann");
  seat& bob = join("tea", "bob");
  ann.who.take();
  on(0, [&] { bob.in.typing(true); });
  leave(bob);
  EXPECT_THAT(ann.who.take(), ElementsAre("bob types", "bob stops", "bob left 1"));
}

TEST_F(room, a_join_with_a_position_gets_what_it_missed_then_what_is_new) {
  open({.page_messages_max = 2});
  for (int i = 1; i <= 5; ++i)
    EXPECT_TRUE(publish("tea", "ann", std::to_string(i)));
  seat& bob = join("tea", "bob", position{7, 2});
  EXPECT_TRUE(publish("tea", "ann", "6"));
  EXPECT_THAT(bob.who.take(),
              ElementsAre("joined 7:5 [bob]", "3 ann 3", "4 ann 4", "5 ann 5", "6 ann 6"));
}

TEST_F(room, a_join_may_ask_for_the_newest_messages) {
  open();
  for (int i = 1; i <= 5; ++i)
    EXPECT_TRUE(publish("tea", "ann", std::to_string(i)));
  EXPECT_THAT(join("tea", "bob", {}, 2).who.take(),
              ElementsAre("joined 7:5 [bob]", "4 ann 4", "5 ann 5"));
  EXPECT_THAT(join("tea", "cleo", {}, 99).who.take().size(), 6u);
  EXPECT_THAT(join("tea", "dora").who.take(), ElementsAre("joined 7:5 [bob cleo dora]"));
}

TEST_F(room, what_is_not_kept_is_a_gap) {
  open({}, {.keep = {.messages_max = 2}});
  for (int i = 1; i <= 5; ++i)
    EXPECT_TRUE(publish("tea", "ann", std::to_string(i)));
  EXPECT_THAT(join("tea", "bob", position{7, 1}).who.take(),
              ElementsAre("joined 7:5 [bob]", "gap 7:1-7:3 not_kept", "4 ann 4", "5 ann 5"));
  EXPECT_THAT(join("tea", "bob", {}, 4).who.take(),
              ElementsAre("joined 7:5 [bob]", "4 ann 4", "5 ann 5"))
      << "fewer than asked for are no gap";
}

TEST_F(room, a_history_that_keeps_nothing_gives_gaps) {
  open({}, {.keep = {.messages_max = 0}});
  for (int i = 1; i <= 3; ++i)
    EXPECT_TRUE(publish("tea", "ann", std::to_string(i)));
  seat& bob = join("tea", "bob", position{7, 1});
  EXPECT_TRUE(publish("tea", "ann", "4"));
  EXPECT_THAT(bob.who.take(), ElementsAre("joined 7:3 [bob]", "gap 7:1-7:3 not_kept", "4 ann 4"));
}

TEST_F(room, another_epoch_is_one_gap_and_then_what_there_is) {
  open();
  EXPECT_TRUE(publish("tea", "ann", "1"));
  EXPECT_THAT(join("tea", "bob", position{6, 9}).who.take(),
              ElementsAre("joined 7:1 [bob]", "gap 6:9-7:0 new_epoch", "1 ann 1"));
}

TEST_F(room, a_position_that_does_not_exist_is_a_gap_and_nothing_is_given_twice) {
  open();
  EXPECT_TRUE(publish("tea", "ann", "1"));
  EXPECT_THAT(join("tea", "bob", position{7, 3}).who.take(),
              ElementsAre("joined 7:1 [bob]", "gap 7:3-7:1 new_epoch"));
}

TEST_F(room, pages_go_back_through_the_history) {
  open();
  for (int i = 1; i <= 5; ++i)
    EXPECT_TRUE(publish("tea", "ann", std::to_string(i)));
  const auto page = [&](std::optional<position> before) {
    lines texts;
    on(0, [&] {
      all->page("tea", "ann", before, 2,
                [&texts](result<history_page> got) {
                  for (const auto& each : got->messages)
                    texts.push_back(text_of(each->body()));
                })
          .detach();
    });
    return texts;
  };
  EXPECT_THAT(page({}), ElementsAre("4", "5"));
  EXPECT_THAT(page(position{7, 4}), ElementsAre("2", "3"));
  EXPECT_THAT(page(position{7, 1}), IsEmpty());
  EXPECT_THAT(page(position{6, 2}), ElementsAre("4", "5")) << "another epoch";
}

TEST_F(room, an_operation_that_is_destroyed_tells_nothing) {
  open();
  on(0, [&] {
    cluster::operation asked = all->publish(
        "tea", {"ann", "", bytes_of("x")}, [](result<appended>) { FAIL() << "told all the same"; });
  });
}

TEST_F(room, is_forgotten_with_its_last_member) {
  open();
  seat& ann = join("tea", "ann");
  seat& bob = join("tea", "bob", {}, 0, 1);
  EXPECT_EQ(all->counts().rooms, 1u);
  EXPECT_EQ(all->counts().members, 2u);
  leave(ann);
  leave(bob, 1);
  EXPECT_EQ(all->counts().rooms, 0u);
  EXPECT_EQ(all->counts().members, 0u);
  EXPECT_THAT(join("tea", "cleo").who.take(), ElementsAre("joined 7:0 [cleo]"));
}

TEST_F(room, who_left_before_the_answer_is_not_there_and_told_nothing) {
  open();
  seat here;
  on(0, [&] {
    auto joined = all->join("tea", here.who, {"ann", {}, 0});
    ASSERT_TRUE(joined);
  });
  EXPECT_THAT(here.who.told, IsEmpty());
  EXPECT_EQ(all->counts().rooms, 0u);
}

TEST_F(room, a_member_may_leave_in_the_middle_of_what_it_is_told) {
  open();
  seat& ann = join("tea", "ann");
  seat& bob = join("tea", "bob");
  seat& cleo = join("tea", "cleo");
  bob.who.on_each = [&] { bob.in = {}; };
  ann.who.take(), bob.who.take(), cleo.who.take();
  EXPECT_TRUE(publish("tea", "ann", "1"));
  EXPECT_TRUE(publish("tea", "ann", "2"));
  EXPECT_THAT(ann.who.take(), ElementsAre("1 ann 1", "bob left 2", "2 ann 2"));
  EXPECT_THAT(bob.who.take(), ElementsAre("1 ann 1"));
  EXPECT_THAT(cleo.who.take(), ElementsAre("1 ann 1", "bob left 2", "2 ann 2"));
}

TEST_F(room, a_member_may_leave_in_the_middle_of_a_replay) {
  open();
  for (int i = 1; i <= 3; ++i)
    EXPECT_TRUE(publish("tea", "ann", std::to_string(i)));
  seat& bob = *members.emplace_back(std::make_unique<seat>());
  bob.who.on_each = [&] { bob.in = {}; };
  on(0, [&] { bob.in = *all->join("tea", bob.who, {"bob", position{7, 0}, 0}); });
  EXPECT_THAT(bob.who.take(), ElementsAre("joined 7:3 [bob]", "1 ann 1"));
}

// -- limits and errors ----------------------------------------------------------------------------

TEST_F(room, permission_is_asked_for_each_action) {
  open({}, {}, [](action what, std::string_view user, std::string_view name) {
    return user == "root" || (what == action::read && name == "tea");
  });
  EXPECT_EQ(join("tea", "ann").error, errc::not_allowed);
  EXPECT_EQ(publish("tea", "ann", "x").error(), errc::not_allowed);
  EXPECT_FALSE(join("tea", "root").error);
  std::optional<result<members_list>> list;
  on(0, [&] { all->who("x", "ann", [&](result<members_list> got) { list = got; }).detach(); });
  EXPECT_EQ(list->error(), errc::not_allowed);
  on(0, [&] { all->who("tea", "ann", [&](result<members_list> got) { list = got; }).detach(); });
  EXPECT_TRUE(*list);
  EXPECT_EQ(all->counts().refused, 2u);
}

TEST_F(room, names_and_bodies_have_limits) {
  open({.name_bytes_max = 4, .body_bytes_max = 4});
  EXPECT_EQ(join("", "ann").error, errc::name_invalid);
  EXPECT_EQ(join("tea", "annie").error, errc::name_invalid);
  EXPECT_EQ(publish("tea", "ann", "x", "abcde").error(), errc::name_invalid);
  EXPECT_EQ(publish("tea", "ann", "12345").error(), errc::message_too_large);
  EXPECT_TRUE(publish("tea", "ann", "1234", "abcd"));
}

TEST_F(room, one_member_too_many_is_closed) {
  open({.members_max = 2});
  join("tea", "ann");
  join("tea", "ann", {}, 0, 1);
  EXPECT_THAT(join("tea", "bob").who.take(),
              ElementsAre("closed limit on members of a room reached"));
  EXPECT_EQ(all->counts().members, 2u);
}

TEST_F(room, one_room_too_many_is_refused) {
  open({.rooms_max = 1});
  seat& ann = join("tea", "ann");
  EXPECT_THAT(join("coffee", "bob").who.take(), ElementsAre("closed limit on rooms reached"));
  leave(ann);
  EXPECT_THAT(join("coffee", "bob").who.take(), ElementsAre("joined 7:0 [bob]"));
}

TEST_F(room, one_request_too_many_is_unavailable) {
  open({.requests_max = 2});
  std::vector<std::error_code> errors;
  scribe who;
  std::vector<membership> kept_members;
  on(0, [&] {
    for (int i = 0; i < 3; ++i)
      if (auto joined = all->join("tea", who, {"ann", {}, 0}))
        kept_members.push_back(*std::move(joined));
      else
        errors.push_back(joined.error());
  });
  EXPECT_THAT(errors, ElementsAre(errc::unavailable));
  on(0, [&] { kept_members.clear(); });
}

TEST_F(room, one_channel_too_many_closes_who_joins) {
  open({}, {.channels_max = 1});
  EXPECT_TRUE(publish("tea", "ann", "x"));
  EXPECT_EQ(publish("coffee", "ann", "x").error(), errc::channels_exhausted);
  EXPECT_THAT(join("coffee", "bob").who.take(), ElementsAre("closed limit on channels reached"));
  EXPECT_EQ(all->counts().rooms, 0u);
}

TEST_F(room, only_so_many_type_at_a_time) {
  open({.typing_users_max = 1});
  seat& ann = join("tea", "ann");
  seat& bob = join("tea", "bob");
  ann.who.take();
  on(0, [&] { bob.in.typing(true); });
  on(0, [&] { ann.in.typing(true); });
  EXPECT_THAT(ann.who.take(), ElementsAre("bob types"));
}

}  // namespace
}  // namespace actornet::rooms

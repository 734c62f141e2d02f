// A client's part in the protocol, without a connection: what it says, and when.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat_client_script.hpp"

namespace actornet::talk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(chat_client, says_hello_first_and_joins_after_welcome) {
  scripted_client it({.name = "ann", .rooms = {"lobby", "tea"}, .history = 5});
  it.client.connected("", it.now);
  const v1::Command hello = it.said_once();
  EXPECT_EQ(hello.hello().name(), "ann");
  EXPECT_EQ(hello.hello().version(), 1u);
  EXPECT_EQ(hello.hello().device().size(), 16u);
  v1::Event welcome = it.answer_to(hello);
  welcome.mutable_welcome();
  it.client.received(welcome, it.now);
  const auto joins = it.said();
  ASSERT_THAT(joins, SizeIs(2));
  EXPECT_EQ(joins[0].join().room(), "lobby");
  EXPECT_EQ(joins[0].join().history(), 5u);
  EXPECT_FALSE(joins[0].join().has_after());
  EXPECT_EQ(joins[1].join().room(), "tea");
}

TEST(chat_client, messages_go_one_after_the_other_each_with_its_own_id) {
  scripted_client it;
  it.enter();
  it.client.publish("one");
  it.client.publish("two");
  const v1::Command one = it.said_once();
  EXPECT_EQ(one.publish().text(), "one");
  EXPECT_THAT(it.said(), IsEmpty());
  it.acknowledge(one);
  const v1::Command two = it.said_once();
  EXPECT_EQ(two.publish().text(), "two");
  EXPECT_EQ(two.publish().id().size(), 32u);
  EXPECT_NE(two.publish().id(), one.publish().id());
}

TEST(chat_client, what_was_not_acknowledged_is_sent_again_in_order_with_the_same_id) {
  scripted_client it;
  it.enter();
  for (const char* text : {"one", "two", "three"})
    it.client.publish(text);
  it.acknowledge(it.said_once());
  const v1::Command unanswered = it.said_once();
  it.client.lost();
  it.enter();
  const v1::Command again = it.said_once();
  EXPECT_EQ(again.publish().text(), "two");
  EXPECT_EQ(again.publish().id(), unanswered.publish().id());
  it.acknowledge(again);
  EXPECT_EQ(it.said_once().publish().text(), "three");
}

TEST(chat_client, messages_wait_for_their_room_and_for_a_connection) {
  scripted_client it;
  it.client.publish("early");
  EXPECT_EQ(it.view.kept, 1);
  EXPECT_THAT(it.said(), IsEmpty());
  it.connect();
  const v1::Command join = it.said_once();
  ASSERT_TRUE(join.has_join());
  it.join(join, 0);
  EXPECT_EQ(it.said_once().publish().text(), "early");
}

TEST(chat_client, too_many_messages_are_refused_not_kept) {
  scripted_client it;
  for (std::size_t i = 0; i <= outbox::messages_max; ++i)
    it.client.publish("x");
  EXPECT_EQ(it.client.unsent_messages(), outbox::messages_max);
  EXPECT_THAT(it.view.shown(), ElementsAre("!too many messages wait to be sent"));
}

TEST(chat_client, one_that_comes_too_fast_waits_and_is_not_overtaken) {
  scripted_client it;
  it.enter();
  it.client.publish("one");
  it.client.publish("two");
  const v1::Command one = it.said_once();
  it.refuse(one, v1::FAILURE_CODE_RATE_LIMITED, 3000);
  EXPECT_THAT(it.said(), IsEmpty());
  EXPECT_EQ(it.client.wakes_at(it.now), it.now + 3s);
  it.now += 3s;
  const v1::Command again = it.said_once();
  EXPECT_EQ(again.publish().id(), one.publish().id());
}

TEST(chat_client, one_that_is_refused_makes_way) {
  scripted_client it;
  it.enter();
  it.client.publish("bad");
  it.client.publish("good");
  it.refuse(it.said_once(), v1::FAILURE_CODE_BAD_TEXT);
  EXPECT_EQ(it.said_once().publish().text(), "good");
  EXPECT_THAT(it.view.shown(), ElementsAre("!no"));
}

TEST(chat_client, comes_back_to_where_it_was) {
  scripted_client it;
  it.enter(3);
  it.deliver(2);
  it.deliver(3);
  it.client.lost();
  it.connect();
  const v1::Command join = it.said_once();
  EXPECT_EQ(join.join().after().epoch(), 7u);
  EXPECT_EQ(join.join().after().offset(), 3u);
  it.join(join, 5);
  it.deliver(3);
  it.deliver(4);
  EXPECT_THAT(it.view.shown(), ElementsAre("m2", "m3", "m4"));
}

TEST(chat_client, comes_back_to_an_empty_room_without_asking_for_old_messages) {
  scripted_client it;
  it.enter(0);
  it.client.lost();
  it.connect();
  const v1::Command join = it.said_once();
  ASSERT_TRUE(join.join().has_after());
  EXPECT_EQ(join.join().after().offset(), 0u);
}

TEST(chat_client, holes_that_the_server_does_not_tell_are_shown) {
  scripted_client it;
  it.enter(3);
  it.deliver(3);
  it.deliver(6);
  it.deliver(2, 8);
  EXPECT_THAT(it.view.shown(), ElementsAre("m3", "[3-5]", "m6", "[6-1]", "m2"));
  EXPECT_EQ(it.view.events.back().message().position().epoch(), 8u);
}

TEST(chat_client, a_gap_is_shown_once) {
  scripted_client it;
  it.enter(3);
  it.deliver(3);
  v1::Event gap;
  gap.mutable_gap()->set_room("lobby");
  fill(*gap.mutable_gap()->mutable_from(), {7, 3});
  fill(*gap.mutable_gap()->mutable_to(), {7, 9});
  it.client.received(gap, it.now);
  it.client.received(gap, it.now);
  it.deliver(10);
  EXPECT_THAT(it.view.shown(), ElementsAre("m3", "[3-9]", "m10"));
}

TEST(chat_client, a_room_that_cannot_be_joined_for_now_is_asked_for_again) {
  scripted_client it;
  it.connect();
  it.refuse(it.said_once(), v1::FAILURE_CODE_UNAVAILABLE);
  EXPECT_THAT(it.said(), IsEmpty());
  it.now += 1s;
  EXPECT_TRUE(it.said_once().has_join());
}

TEST(chat_client, a_room_that_cannot_be_joined_takes_its_messages_with_it) {
  scripted_client it;
  it.client.publish("lost");
  it.connect();
  it.refuse(it.said_once(), v1::FAILURE_CODE_NOT_ALLOWED);
  EXPECT_EQ(it.client.rooms(), 0u);
  EXPECT_EQ(it.client.unsent_messages(), 0u);
  EXPECT_THAT(it.view.shown(),
              ElementsAre("!no", "!not published, the room cannot be joined: lost"));
}

TEST(chat_client, a_room_whose_join_fails_after_its_answer_is_left) {
  scripted_client it;
  it.connect();
  const v1::Command join = it.said_once();
  it.join(join, 0);
  it.refuse(join, v1::FAILURE_CODE_TOO_MANY);
  EXPECT_EQ(it.client.rooms(), 0u);
}

TEST(chat_client, leaves_a_draining_server_and_comes_back_when_it_says) {
  scripted_client it;
  it.enter();
  it.client.publish("one");
  const v1::Command one = it.said_once();
  it.client.publish("two");
  v1::Event draining;
  draining.mutable_draining()->set_after_ms(1500);
  it.client.received(draining, it.now);
  EXPECT_THAT(it.said(), IsEmpty());
  EXPECT_FALSE(it.client.end(it.now)) << "an answer is missing";
  it.now += 500ms;
  it.acknowledge(one);
  const auto end = it.client.end(it.now);
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->for_good);
  EXPECT_EQ(end->wait, 1s);
}

TEST(chat_client, does_not_wait_for_ever_for_a_draining_server) {
  scripted_client it;
  it.enter();
  it.client.publish("one");
  (void)it.said_once();
  v1::Event draining;
  draining.mutable_draining();
  it.client.received(draining, it.now);
  it.now = it.client.wakes_at(it.now);
  EXPECT_TRUE(it.client.end(it.now));
}

TEST(chat_client, asks_a_silent_server_and_then_gives_it_up) {
  scripted_client it;
  it.enter();
  EXPECT_EQ(it.client.wakes_at(it.now), it.now + 30s);
  it.now += 30s;
  EXPECT_TRUE(it.said_once().has_ping());
  EXPECT_FALSE(it.client.end(it.now));
  it.now += 30s;
  const auto end = it.client.end(it.now);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->why, errc::timed_out);
}

TEST(chat_client, gives_up_a_server_that_does_not_answer_hello) {
  scripted_client it;
  it.client.connected("", it.now);
  (void)it.said();
  it.now = it.client.wakes_at(it.now);
  EXPECT_TRUE(it.client.end(it.now));
}

TEST(chat_client, is_refused_for_good_for_its_name_and_for_now_when_there_are_many) {
  scripted_client bad;
  bad.client.connected("", bad.now);
  bad.refuse(bad.said_once(), v1::FAILURE_CODE_BAD_NAME);
  EXPECT_TRUE(bad.client.refused());
  EXPECT_TRUE(bad.client.end(bad.now)->for_good);

  scripted_client many;
  many.client.connected("", many.now);
  many.refuse(many.said_once(), v1::FAILURE_CODE_RATE_LIMITED, 2500);
  EXPECT_FALSE(many.client.refused());
  EXPECT_EQ(many.client.end(many.now)->wait, 2500ms);
}

TEST(chat_client, renews_its_token_only_with_another_one) {
  scripted_client it({.renews_token = true});
  it.connect("old");
  v1::Event expiring;
  expiring.mutable_expiring();
  it.client.received(expiring, it.now);
  ASSERT_TRUE(it.client.wants_token(it.now));
  it.client.renew("old", it.now);
  EXPECT_THAT(it.said(), IsEmpty());
  EXPECT_FALSE(it.client.wants_token(it.now));
  it.now += 5s;
  ASSERT_TRUE(it.client.wants_token(it.now));
  it.client.renew("new", it.now);
  EXPECT_EQ(it.said_once().refresh().token(), "new");
  EXPECT_FALSE(it.client.wants_token(it.now + 1h));
}

TEST(chat_client, a_token_that_ran_out_meanwhile_is_no_refusal_for_good) {
  scripted_client it({.renews_token = true});
  it.connect("old");
  it.client.lost();
  it.client.dialing();
  it.client.connected("old", it.now);
  it.refuse(it.said_once(), v1::FAILURE_CODE_TOKEN_EXPIRED);
  EXPECT_FALSE(it.client.refused());
}

TEST(chat_client, quits_when_everything_is_acknowledged_or_time_is_up) {
  scripted_client it;
  it.enter();
  it.client.publish("one");
  const v1::Command one = it.said_once();
  it.client.quit(it.now + 30s);
  EXPECT_FALSE(it.client.over(it.now));
  EXPECT_TRUE(it.client.over(it.now + 30s));
  it.acknowledge(one);
  EXPECT_TRUE(it.client.over(it.now));
  EXPECT_TRUE(it.client.end(it.now)->for_good);
}

TEST(chat_client, typing_is_told_seldom) {
  scripted_client it;
  it.enter();
  for (int i = 0; i < 10; ++i)
    it.client.typing(true, it.now);
  EXPECT_TRUE(it.said_once().typing().active());
  it.now += 2s;
  it.client.typing(true, it.now);
  it.client.typing(false, it.now);
  it.client.typing(false, it.now);
  EXPECT_THAT(it.said(), SizeIs(2));
}

TEST(chat_client, older_messages_are_those_before_the_first_that_was_shown) {
  scripted_client it;
  it.enter(9);
  it.deliver(8);
  it.deliver(9);
  it.client.history(0);
  const v1::Command asked = it.said_once();
  EXPECT_EQ(asked.history().before().offset(), 8u);
  EXPECT_EQ(asked.history().count(), 20u);
  v1::Event page = it.answer_to(asked);
  page.mutable_page()->set_room("lobby");
  fill(*page.mutable_page()->add_messages()->mutable_position(), {7, 4});
  it.client.received(page, it.now);
  it.client.history(3);
  EXPECT_EQ(it.said_once().history().before().offset(), 4u);
}

}  // namespace
}  // namespace actornet::talk

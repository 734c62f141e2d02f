// What a client of the chat server sees: tests/chat/simulated_chat.hpp. Rooms have tests of their
// own, tests/rooms.

#include "session.hpp"

#include <gtest/gtest.h>

#include "chat/simulated_chat.hpp"

namespace actornet::chat {
namespace {

using kind = v1::Event;

// -- Hello ----------------------------------------------------------------------------------------

TEST(chat_hello, is_answered_with_what_a_client_must_know) {
  sim::world world(1);
  simulated_chat chat(world);
  simulated_member ann = chat.connect();
  const v1::Welcome welcome = ann.hello("ann").welcome();
  EXPECT_EQ(welcome.user(), "ann");
  EXPECT_TRUE(welcome.open_to_all());
  EXPECT_EQ(welcome.heartbeat_ms(), 30'000u);
  EXPECT_EQ(welcome.text_bytes_max(), 8u * 1024);
}

TEST(chat_hello, comes_first_or_the_connection_ends) {
  sim::world world(2);
  simulated_chat chat(world);
  simulated_member ann = chat.connect();
  ann.publish("lobby", "hello?");
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_BAD_COMMAND);
  EXPECT_TRUE(ann.ended());
}

TEST(chat_hello, comes_only_once) {
  sim::world world(3);
  simulated_chat chat(world);
  simulated_member ann = chat.welcomed("ann");
  v1::Command again;
  again.mutable_hello()->set_version(1);
  ann.say(again);
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_BAD_COMMAND);
  EXPECT_TRUE(ann.ended());
}

TEST(chat_hello, must_come_in_time) {
  sim::world world(4);
  simulated_chat chat(world);
  simulated_member silent = chat.connect();
  EXPECT_TRUE(silent.ended());
  EXPECT_GE(world.elapsed(), 10s);
  EXPECT_LT(world.elapsed(), 13s);
}

TEST(chat_hello, of_another_version_is_refused) {
  sim::world world(5);
  simulated_chat chat(world);
  simulated_member ann = chat.connect();
  v1::Command hello;
  hello.mutable_hello()->set_version(2);
  ann.say(hello);
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_UNSUPPORTED_VERSION);
  EXPECT_TRUE(ann.ended());
}

TEST(chat_hello, with_a_name_that_cannot_be_shown_is_refused) {
  for (const char* name : {"", " ann", "a\nb", "a\u202eb", "\xff"}) {
    sim::world world(6);
    simulated_chat chat(world);
    simulated_member ann = chat.connect();
    v1::Command hello;
    hello.mutable_hello()->set_version(1);
    hello.mutable_hello()->set_name(name);
    ann.say(hello);
    if (std::string_view(name) != "\xff") {  // protobuf itself refuses that one
      EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_BAD_NAME) << name;
    }
    EXPECT_TRUE(ann.ended());
  }
}

TEST(chat_hello, may_not_be_long) {
  sim::world world(7);
  simulated_chat chat(world);
  simulated_member ann = chat.connect();
  v1::Command hello;
  hello.mutable_hello()->set_version(1);
  hello.mutable_hello()->set_token(std::string(5000, 'x'));
  ann.say(hello);
  EXPECT_TRUE(ann.ended());
  EXPECT_FALSE(ann.hears(kind::kWelcome));
}

// -- talking --------------------------------------------------------------------------------------

TEST(chat_session, what_is_published_comes_to_all_in_order_and_is_acknowledged) {
  sim::world world(11);
  simulated_chat chat(world);
  simulated_member ann = chat.in_room("ann", "lobby");
  simulated_member bob = chat.in_room("bob", "lobby");
  for (int i = 1; i <= 20; ++i)
    ann.publish("lobby", "text " + std::to_string(i));
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const v1::Message said = bob.hear(kind::kMessage).message();
    EXPECT_EQ(said.text(), "text " + std::to_string(i));
    EXPECT_EQ(said.position().offset(), i);
    EXPECT_EQ(said.user(), "ann");
  }
  const v1::Published first = ann.hear(kind::kPublished).published();
  EXPECT_EQ(first.position().offset(), 1u);
  EXPECT_EQ(first.position().epoch(), 7u);
}

TEST(chat_session, the_same_id_again_gets_the_first_position) {
  sim::world world(12);
  simulated_chat chat(world);
  simulated_member ann = chat.in_room("ann", "lobby");
  ann.publish("lobby", "once", "id1");
  EXPECT_FALSE(ann.hear(kind::kPublished).published().again());
  ann.publish("lobby", "once", "id1");
  const v1::Published second = ann.hear(kind::kPublished).published();
  EXPECT_TRUE(second.again());
  EXPECT_EQ(second.position().offset(), 1u);
}

TEST(chat_session, who_comes_back_gets_what_was_missed) {
  sim::world world(13);
  simulated_chat chat(world);
  simulated_member ann = chat.in_room("ann", "lobby");
  v1::Position last;
  {
    simulated_member bob = chat.in_room("bob", "lobby");
    ann.publish("lobby", "one");
    last = bob.hear(kind::kMessage).message().position();
  }
  ann.publish("lobby", "two");
  ann.hear(kind::kPublished);
  simulated_member bob = chat.welcomed("bob");
  bob.join("lobby", last);
  EXPECT_EQ(bob.hear(kind::kMessage).message().text(), "two");
}

TEST(chat_session, a_position_of_another_epoch_is_a_gap) {
  sim::world world(14);
  simulated_chat chat(world);
  simulated_member ann = chat.in_room("ann", "lobby");
  ann.publish("lobby", "one");
  ann.hear(kind::kPublished);
  simulated_member bob = chat.welcomed("bob");
  v1::Position old;
  old.set_epoch(3);
  old.set_offset(99);
  bob.join("lobby", old);
  const v1::Gap gap = bob.hear(kind::kGap).gap();
  EXPECT_EQ(gap.reason(), v1::GAP_REASON_NEW_EPOCH);
  EXPECT_EQ(gap.from().offset(), 99u);
}

TEST(chat_session, others_see_who_comes_types_and_leaves) {
  sim::world world(15);
  simulated_chat chat(world);
  simulated_member ann = chat.in_room("ann", "lobby");
  simulated_member bob = chat.in_room("bob", "lobby");
  EXPECT_EQ(ann.hear(kind::kPresence).presence().user(), "bob");
  v1::Command typing;
  typing.mutable_typing()->set_room("lobby");
  typing.mutable_typing()->set_active(true);
  bob.say(typing);
  EXPECT_EQ(ann.hear(kind::kTyping).typing().user(), "bob");
  v1::Command leave;
  leave.set_request(90);
  leave.mutable_leave()->set_room("lobby");
  bob.say(leave);
  EXPECT_EQ(bob.hear(kind::kLeft).request(), 90u);
  const v1::Presence gone = ann.hear(kind::kPresence).presence();
  EXPECT_FALSE(gone.present());
  EXPECT_EQ(gone.users(), 1u);
}

TEST(chat_session, tells_who_is_there_and_what_was_said) {
  sim::world world(16);
  simulated_chat chat(world);
  simulated_member ann = chat.in_room("ann", "lobby");
  simulated_member bob = chat.in_room("bob", "lobby");
  v1::Command who;
  who.set_request(50);
  who.mutable_who()->set_room("lobby");
  ann.say(who);
  const v1::Event there = ann.hear(kind::kMembers);
  EXPECT_EQ(there.request(), 50u);
  ASSERT_EQ(there.members().names_size(), 2);
  EXPECT_EQ(there.members().names(0), "ann");
  for (int i = 0; i < 10; ++i)
    ann.publish("lobby", std::string(8000, 'x'));
  for (int i = 0; i < 10; ++i)
    ann.hear(kind::kPublished);
  v1::Command read;
  read.set_request(51);
  read.mutable_history()->set_room("lobby");
  read.mutable_history()->set_count(100);
  ann.say(read);
  const v1::HistoryPage page = ann.hear(kind::kPage).page();
  EXPECT_TRUE(page.more());
  ASSERT_GT(page.messages_size(), 2);
  EXPECT_LE(page.messages_size(), 4);  // 32 KiB of texts
  EXPECT_EQ(page.messages(page.messages_size() - 1).position().offset(), 10u);
}

// -- refusals -------------------------------------------------------------------------------------

TEST(chat_session, refuses_what_a_room_does_not_take) {
  sim::world world(21);
  simulated_chat chat(world);
  simulated_member ann = chat.in_room("ann", "lobby");
  ann.publish("elsewhere", "text");
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_NOT_JOINED);
  ann.publish("lobby", "");
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_BAD_TEXT);
  ann.publish("lobby", "bell\a");
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_BAD_TEXT);
  ann.publish("lobby", std::string(8 * 1024 + 1, 'x'));
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_BAD_TEXT);
  ann.publish("lobby", "text", std::string(65, 'i'));
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_BAD_COMMAND);
  ann.say({});
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_BAD_COMMAND);
  ann.publish("lobby", "still here");
  EXPECT_EQ(ann.hear(kind::kMessage).message().text(), "still here");
}

TEST(chat_session, refuses_rooms_beyond_its_limit_twice_and_with_bad_names) {
  sim::world world(22);
  service_options options;
  options.limits.rooms_max = 2;
  simulated_chat chat(world, options);
  simulated_member ann = chat.in_room("ann", "one");
  v1::Command join;
  const auto asked = [&](const char* room) {
    join.mutable_join()->set_room(room);
    ann.say(join);
    return ann.hear_failure();
  };
  EXPECT_EQ(asked("one"), v1::FAILURE_CODE_BAD_COMMAND);
  EXPECT_EQ(asked(""), v1::FAILURE_CODE_BAD_NAME);
  EXPECT_EQ(asked("a\tb"), v1::FAILURE_CODE_BAD_NAME);
  ann.join("two");
  EXPECT_EQ(asked("three"), v1::FAILURE_CODE_TOO_MANY);
}

TEST(chat_session, a_room_that_is_full_says_so_and_the_connection_goes_on) {
  sim::world world(23);
  service_options options;
  options.rooms.members_max = 1;
  simulated_chat chat(world, options);
  simulated_member ann = chat.in_room("ann", "lobby");
  simulated_member bob = chat.welcomed("bob");
  v1::Command join;
  join.set_request(5);
  join.mutable_join()->set_room("lobby");
  bob.say(join);
  const v1::Event refused = bob.hear(kind::kFailed);
  EXPECT_EQ(refused.request(), 5u);
  EXPECT_EQ(refused.failed().code(), v1::FAILURE_CODE_TOO_MANY);
  bob.join("elsewhere");
}

TEST(chat_session, asks_the_application_who_may_do_what_in_a_room) {
  sim::world world(24);
  service_options options;
  options.may = [](rooms::action what, std::string_view user, std::string_view room) {
    return room != "private" || (user == "ann" && what != rooms::action::publish);
  };
  simulated_chat chat(world, options);
  simulated_member ann = chat.in_room("ann", "private");
  ann.publish("private", "text");
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_NOT_ALLOWED);
  simulated_member bob = chat.welcomed("bob");
  v1::Command join;
  join.mutable_join()->set_room("private");
  bob.say(join);
  EXPECT_EQ(bob.hear_failure(), v1::FAILURE_CODE_NOT_ALLOWED);
}

TEST(chat_session, who_says_too_much_is_told_when_to_go_on) {
  sim::world world(25);
  service_options options;
  options.limits.user = {2, 3};
  simulated_chat chat(world, options);
  simulated_member ann = chat.in_room("ann", "lobby");
  for (int i = 0; i < 4; ++i)
    ann.publish("lobby", "text");
  const v1::Failed refused = ann.hear(kind::kFailed).failed();
  EXPECT_EQ(refused.code(), v1::FAILURE_CODE_RATE_LIMITED);
  EXPECT_GT(refused.retry_after_ms(), 0u);
  EXPECT_LE(refused.retry_after_ms(), 500u);
  EXPECT_TRUE(world.run_for(std::chrono::milliseconds(refused.retry_after_ms())));
  ann.publish("lobby", "later");
  while (ann.hear(kind::kMessage).message().text() != "later") {
  }
}

TEST(chat_session, who_does_not_read_is_closed_and_the_others_go_on) {
  sim::world world(26);
  service_options options;
  options.limits.user = options.limits.connection = options.limits.address = {};
  simulated_chat chat(world, options);
  simulated_member ann = chat.in_room("ann", "lobby");
  simulated_member bob = chat.in_room("bob", "lobby");
  simulated_member stuck = chat.in_room("cid", "lobby");
  stuck.peer().stop_reading();
  for (int i = 0; i < 400; ++i) {
    ann.publish("lobby", std::string(4000, 'x'));
    ann.hear(kind::kPublished);
  }
  EXPECT_EQ(chat.of().rooms().counts().slow_closed, 1u);
  stuck.peer().resume_reading();
  EXPECT_TRUE(stuck.ended());
  v1::Message last;
  while ((last = bob.hear(kind::kMessage).message()).position().offset() < 400) {
  }
}

// -- the end --------------------------------------------------------------------------------------

TEST(chat_session, a_drain_answers_what_was_asked_and_says_when_to_come_back) {
  sim::world world(31);
  simulated_chat chat(world);
  simulated_member ann = chat.in_room("ann", "lobby");
  ann.publish("lobby", "last words");
  EXPECT_TRUE(world.run_until([&] { return ann.peer().script_done(); }));
  EXPECT_TRUE(world.run_for(5ms));
  chat.begin_drain();
  ann.hear(kind::kPublished);
  const v1::Draining notice = ann.hear(kind::kDraining).draining();
  EXPECT_TRUE(notice.resume());
  EXPECT_LT(notice.after_ms(), 5000u);
  EXPECT_TRUE(ann.ended());
}

}  // namespace
}  // namespace actornet::chat

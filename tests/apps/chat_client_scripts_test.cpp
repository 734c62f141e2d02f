// Scripts: what they ask for carries their numbers and ids.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat_client_script.hpp"

namespace actornet::talk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

v1::Command who(std::uint32_t request) {
  v1::Command command;
  command.set_request(request);
  command.mutable_who()->set_room("lobby");
  return command;
}

TEST(chat_client_scripts, answers_carry_the_numbers_of_the_script) {
  scripted_client it;
  it.client.carry_out(who(77));
  EXPECT_THAT(it.said(), IsEmpty()) << "it waits for a connection";
  it.connect();
  const auto said = it.said();
  ASSERT_THAT(said, SizeIs(2));
  const v1::Command& asked = said.back();
  ASSERT_TRUE(asked.has_who());
  v1::Event members = it.answer_to(asked);
  members.mutable_members();
  it.client.received(members, it.now);
  EXPECT_EQ(it.view.events.back().request(), 77u);
}

TEST(chat_client_scripts, a_question_that_was_lost_is_answered_with_a_failure) {
  scripted_client it;
  it.enter();
  it.client.carry_out(who(77));
  (void)it.said();
  it.client.lost();
  EXPECT_EQ(it.view.events.back().request(), 77u);
  EXPECT_EQ(it.view.events.back().failed().code(), v1::FAILURE_CODE_UNAVAILABLE);
}

TEST(chat_client_scripts, a_message_keeps_its_id_and_number_over_connections) {
  scripted_client it;
  it.enter();
  v1::Command command;
  command.set_request(5);
  command.mutable_publish()->set_room("lobby");
  command.mutable_publish()->set_id("mine");
  command.mutable_publish()->set_text("hi");
  it.client.carry_out(command);
  (void)it.said();
  it.client.lost();
  it.enter();
  const v1::Command again = it.said_once();
  EXPECT_EQ(again.publish().id(), "mine");
  it.acknowledge(again);
  EXPECT_EQ(it.view.events.back().request(), 5u);
}

TEST(chat_client_scripts, a_join_may_begin_where_the_script_was) {
  scripted_client it({.name = "ann", .rooms = {}});
  it.connect();
  v1::Command command;
  command.set_request(6);
  command.mutable_join()->set_room("tea");
  fill(*command.mutable_join()->mutable_after(), {7, 4});
  it.client.carry_out(command);
  const v1::Command join = it.said_once();
  EXPECT_EQ(join.join().after().offset(), 4u);
  it.join(join, 5);
  EXPECT_EQ(it.view.events.back().request(), 6u);
}

TEST(chat_client_scripts, hello_is_not_theirs) {
  scripted_client it;
  v1::Command command;
  command.mutable_hello();
  it.client.carry_out(command);
  EXPECT_THAT(it.view.shown(), ElementsAre("!not a command of yours"));
}

TEST(chat_client_scripts, the_end_waits_for_answers) {
  scripted_client it;
  it.enter();
  it.client.carry_out(who(77));
  it.client.quit(it.now + 30s);
  EXPECT_FALSE(it.client.over(it.now));
  const v1::Command asked = it.said_once();
  EXPECT_FALSE(it.client.over(it.now));
  v1::Event members = it.answer_to(asked);
  members.mutable_members();
  it.client.received(members, it.now);
  EXPECT_TRUE(it.client.over(it.now));
}

}  // namespace
}  // namespace actornet::talk

// What a person sees, at 20, 30 and 80 columns.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <cstdlib>

#include "chat_client_script.hpp"
#include "json_view.hpp"
#include "screen.hpp"
#include "talk_user.hpp"

namespace actornet::talk {
namespace {

using testing::HasSubstr;
using testing::Not;

struct screen_test : testing::Test {
  screen_test() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    shown.show_for(client);
  }

  static v1::Event message(const std::string& user, const std::string& text,
                           const std::string& room = "lobby", std::int64_t time_ms = 50'520'000) {
    v1::Event event;
    event.mutable_message()->set_room(room);
    event.mutable_message()->set_user(user);
    event.mutable_message()->set_text(text);
    event.mutable_message()->set_time_ms(time_ms);
    return event;
  }

  void show(const v1::Event& event, v1::Command::KindCase answers = v1::Command::KIND_NOT_SET) {
    shown.on_event(event, answers);
  }
  void type(std::string_view keys) { user.take(keys, net::time_point(1h)); }

  std::size_t columns = 80;
  std::string out;
  screen shown{{.columns = [this] { return columns; }},
               [this](std::string_view text) { out += text; }};
  talk_client client{{.name = "ann", .rooms = {"lobby"}}, shown, [] { return 1; }};
  talk_user user{client, &shown, false};
};

TEST_F(screen_test, a_message_is_time_user_and_text) {
  show(message("bob", "hello"));
  EXPECT_EQ(out, "14:02 bob: hello\n");
}

TEST_F(screen_test, with_several_rooms_the_room_is_there_too) {
  client.join("tea");
  show(message("bob", "hello"));
  show(message("bob", "milk?", "tea"));
  EXPECT_EQ(out, "14:02 lobby bob: hello\n14:02 tea bob: milk?\n");
}

TEST_F(screen_test, narrow_terminals_wrap_at_words) {
  columns = 30;
  show(message("bob", "the quick brown fox jumps over the lazy dog"));
  EXPECT_EQ(out,
            "14:02 bob: the quick brown fox\n"
            "           jumps over the lazy\n"
            "           dog\n");
  out.clear();
  columns = 20;
  show(message("bob", "the quick brown fox jumps"));
  EXPECT_EQ(out, "14:02 bob: the quick\n  brown fox jumps\n");
}

TEST_F(screen_test, nothing_of_others_is_more_than_text) {
  const std::string evil = "\x1b]0;title\x07\u202E\x9b";
  show(message(evil, evil, evil));
  v1::Event failed;
  failed.mutable_failed()->set_text(evil);
  show(failed);
  v1::Event left;
  left.mutable_left()->set_room(evil);
  show(left);
  v1::Event joined;
  joined.mutable_joined()->set_room(evil);
  joined.mutable_joined()->mutable_members()->add_names(evil);
  show(joined);
  for (const char* bad : {"\x1b", "\x07", "\u202E", "\x9b"})
    EXPECT_THAT(out, Not(HasSubstr(bad)));
}

TEST_F(screen_test, a_new_day_is_told) {
  show(message("bob", "late", "lobby", 86'399'000));
  show(message("bob", "early", "lobby", 86'401'000));
  EXPECT_EQ(out, "23:59 bob: late\n-- 1970-01-02 --\n00:00 bob: early\n");
}

TEST_F(screen_test, gaps_are_clear_lines) {
  v1::Event event;
  v1::Gap& gap = *event.mutable_gap();
  gap.set_room("lobby");
  fill(*gap.mutable_from(), {7, 3});
  fill(*gap.mutable_to(), {7, 15});
  gap.set_reason(v1::GAP_REASON_NOT_KEPT);
  show(event);
  EXPECT_EQ(out, "-- 12 messages are missing here: they are older than what the server keeps --\n");
  out.clear();
  columns = 30;
  fill(*gap.mutable_to(), {8, 0});
  gap.set_reason(v1::GAP_REASON_NEW_EPOCH);
  show(event);
  EXPECT_EQ(out,
            "-- messages are missing here:\n"
            "   the server started anew and\n"
            "   had not kept them --\n");
}

TEST_F(screen_test, the_state_of_the_connection_is_told) {
  shown.on_phase({.now = phase::waiting, .wait = 1900ms, .why = errc::connection_reset});
  EXPECT_THAT(out, HasSubstr("trying again in 2 s --\n"));
}

TEST_F(screen_test, failures_say_when_to_try_again) {
  v1::Event event;
  event.mutable_failed()->set_code(v1::FAILURE_CODE_RATE_LIMITED);
  event.mutable_failed()->set_text("too many at a time");
  event.mutable_failed()->set_retry_after_ms(1500);
  show(event, v1::Command::kPublish);
  EXPECT_EQ(out, "-- not sent yet: too many at a time; again in 2 s --\n");
}

TEST_F(screen_test, lines_that_are_no_commands_are_published) {
  type("hello\n/nonsense\n");
  EXPECT_EQ(client.unsent_messages(), 1u);
  EXPECT_THAT(out, HasSubstr("-- no such command: /nonsense"));
}

TEST_F(screen_test, a_line_without_end_is_left_out) {
  type(std::string(talk_user::line_bytes_max + 1, 'x'));
  type("rest\nhello\n");
  EXPECT_EQ(client.unsent_messages(), 1u);
  EXPECT_THAT(out, HasSubstr("is left out"));
}

struct keyboard_test : screen_test {
  keyboard_test() { with_prompt.show_for(client_there); }

  std::string put;
  screen with_prompt{{.columns = [this] { return columns; }, .has_prompt = true},
                     [this](std::string_view text) { put += text; }};
  talk_client client_there{{.name = "ann", .rooms = {"lobby"}}, with_prompt, [] { return 1; }};
  talk_user keyboard{client_there, &with_prompt, true};
};

TEST_F(keyboard_test, what_is_being_typed_survives_a_message) {
  keyboard.take("half a li", net::time_point(1h));
  put.clear();
  with_prompt.on_event(message("bob", "hello"), v1::Command::KIND_NOT_SET);
  EXPECT_EQ(put,
            "\r\x1b[K14:02 bob: hello\n"
            "\r\x1b[Klobby> half a li\r\x1b[16C");
}

TEST_F(keyboard_test, who_types_stands_before_the_prompt_until_a_message_comes) {
  v1::Event typing;
  typing.mutable_typing()->set_room("lobby");
  typing.mutable_typing()->set_user("bob");
  typing.mutable_typing()->set_active(true);
  with_prompt.on_event(typing, v1::Command::KIND_NOT_SET);
  EXPECT_THAT(put, HasSubstr("bob types… lobby> "));
  put.clear();
  with_prompt.on_event(message("bob", "hello"), v1::Command::KIND_NOT_SET);
  EXPECT_THAT(put, Not(HasSubstr("types")));
}

TEST_F(keyboard_test, the_prompt_never_takes_more_than_a_line) {
  columns = 20;
  keyboard.take(std::string(100, 'x'), net::time_point(1h));
  put.clear();
  with_prompt.show_prompt();
  EXPECT_EQ(put, "\r\x1b[Klobby> " + std::string(11, 'x') + "\r\x1b[18C");
}

TEST_F(keyboard_test, ctrl_d_quits) {
  keyboard.take("\x04", net::time_point(1h));
  EXPECT_TRUE(client_there.over(net::time_point(1h)));
}

// -- JSON -----------------------------------------------------------------------------------------

struct json_test : testing::Test {
  std::string out;
  json_view view{[this](std::string_view text) { out += text; }};
  talk_client client{{.name = "ann", .rooms = {"lobby"}}, view, [] { return 1; }};
  talk_user script{client, nullptr, false};
};

TEST_F(json_test, events_are_lines_of_canonical_json) {
  view.on_event(screen_test::message("bob", "a\nb\x1b"), v1::Command::KIND_NOT_SET);
  EXPECT_EQ(out,
            R"({"message":{"room":"lobby","user":"bob","timeMs":"50520000","text":"a\nb\u001b"}})"
            "\n");
}

TEST_F(json_test, states_are_lines_too) {
  view.on_phase({.now = phase::waiting, .wait = 1500ms, .why = errc::connection_refused});
  EXPECT_THAT(out, HasSubstr(R"({"state":"waiting","retryMs":1500,"error":")"));
  view.on_phase({.now = phase::closed, .reason = "quit", .unsent = 2});
  EXPECT_THAT(out, HasSubstr(R"({"state":"closed","reason":"quit","unacknowledged":2})"
                             "\n"));
}

TEST_F(json_test, lines_are_texts_or_commands) {
  script.take("/no command\n\n{\"publish\":{\"room\":\"lobby\",\"text\":\"b\"}}\n",
              net::time_point(1h));
  EXPECT_EQ(client.unsent_messages(), 2u);
  script.take("{\"publish\":\n", net::time_point(1h));
  EXPECT_THAT(out, HasSubstr("not a Command in JSON"));
}

TEST_F(json_test, a_last_line_needs_no_line_feed) {
  script.take("last", net::time_point(1h));
  script.end(net::time_point(1h));
  EXPECT_EQ(client.unsent_messages(), 1u);
  EXPECT_FALSE(client.over(net::time_point(1h)));
}

}  // namespace
}  // namespace actornet::talk

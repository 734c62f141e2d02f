// What a person types: keys that become lines, lines that become commands.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "line_editor.hpp"
#include "typed_line.hpp"

namespace actornet::talk {
namespace {

using meaning = typed_line::meaning;
using testing::ElementsAre;
using testing::IsEmpty;

void expect_read(const std::string& line, meaning what, const std::string& argument = {}) {
  const typed_line read = read_typed(line);
  EXPECT_EQ(read.what, what) << line;
  EXPECT_EQ(read.argument, argument) << line;
}

TEST(chat_client_commands, a_line_is_a_text_unless_it_begins_with_a_slash) {
  expect_read("hello there", meaning::text, "hello there");
  expect_read("  spaces around \r", meaning::text, "spaces around");
  expect_read("//join is a command", meaning::text, "/join is a command");
  expect_read(" \t", meaning::nothing);
}

TEST(chat_client_commands, each_has_its_argument) {
  expect_read("/join  tea room ", meaning::join, "tea room");
  expect_read("/leave", meaning::leave);
  expect_read("/leave lobby", meaning::leave, "lobby");
  expect_read("/room lobby", meaning::room, "lobby");
  expect_read("/who", meaning::who);
  expect_read("/quit", meaning::quit);
  expect_read("/help", meaning::help);
  expect_read("/history", meaning::history);
  EXPECT_EQ(read_typed("/history 50").count, 50u);
}

TEST(chat_client_commands, mistakes_are_told) {
  expect_read("/jion lobby", meaning::mistake, "no such command: /jion; /help shows all");
  expect_read("/join", meaning::mistake, "/join needs the name of a room");
  expect_read("/quit now", meaning::mistake, "/quit stands alone");
  for (const char* const count :
       {"/history 0", "/history -1", "/history 5x", "/history 99999999999"})
    EXPECT_EQ(read_typed(count).what, meaning::mistake) << count;
}

std::vector<std::string> lines_of(std::string_view keys) {
  line_editor editor;
  return editor.feed(keys).lines;
}

TEST(chat_client_editor, characters_become_a_line_at_enter) {
  EXPECT_THAT(lines_of("hello\rthere\n"), ElementsAre("hello", "there"));
}

TEST(chat_client_editor, a_character_may_come_in_pieces) {
  line_editor editor;
  for (const char byte : std::string("日🙂"))
    editor.feed(std::string_view(&byte, 1));
  EXPECT_EQ(editor.text(), "日🙂");
}

TEST(chat_client_editor, keys_change_the_line) {
  EXPECT_THAT(lines_of("abc\x7f\r"), ElementsAre("ab"));
  EXPECT_THAT(lines_of("abc\x1b[D\x1b[DX\r"), ElementsAre("aXbc"));
  EXPECT_THAT(lines_of("abc\x01X\x05Y\r"), ElementsAre("XabcY"));
  EXPECT_THAT(lines_of("abc\x1b[H\x1b[3~\r"), ElementsAre("bc"));
  EXPECT_THAT(lines_of("one two \x17x\r"), ElementsAre("one x"));
  EXPECT_THAT(lines_of("one two\x02\x0b\r"), ElementsAre("one tw"));
  EXPECT_THAT(lines_of("gone\x15new\r"), ElementsAre("new"));
}

TEST(chat_client_editor, lines_before_come_back) {
  EXPECT_THAT(lines_of("one\rtwo\r\x1b[A\x1b[A!\r"), ElementsAre("one", "two", "one!"));
  EXPECT_THAT(lines_of("one\rdraft\x1b[A\x1b[B.\r"), ElementsAre("one", "draft."));
}

TEST(chat_client_editor, sequences_that_it_does_not_know_leave_nothing) {
  EXPECT_THAT(lines_of("a\x1b[200~b\x1b[1;5Qc\x1bOPd\x1bz\x03\r"), ElementsAre("abcd"));
  EXPECT_THAT(lines_of("\xffx\r"), ElementsAre("x"));
}

TEST(chat_client_editor, ctrl_d_ends_on_an_empty_line_only) {
  line_editor editor;
  EXPECT_FALSE(editor.feed("ab\x01\x04").end);
  EXPECT_EQ(editor.text(), "b");
  EXPECT_TRUE(editor.feed("\x04\x04").end);
}

TEST(chat_client_editor, a_line_does_not_grow_for_ever) {
  line_editor editor;
  editor.feed(std::string(line_editor::characters_max + 100, 'x'));
  EXPECT_EQ(editor.text().size(), line_editor::characters_max);
}

TEST(chat_client_editor, the_part_around_the_cursor_is_visible) {
  line_editor editor;
  editor.feed("0123456789");
  EXPECT_EQ(editor.visible(20).text, "0123456789");
  EXPECT_EQ(editor.visible(20).cursor, 10u);
  EXPECT_EQ(editor.visible(5).text, "6789");
  EXPECT_EQ(editor.visible(5).cursor, 4u);
  editor.feed("\x01");
  EXPECT_EQ(editor.visible(5).text, "0123");
  EXPECT_EQ(editor.visible(5).cursor, 0u);
  line_editor wide;
  wide.feed("日本語");
  EXPECT_EQ(wide.visible(4).text, "語");
  EXPECT_EQ(wide.visible(4).cursor, 2u);
}

}  // namespace
}  // namespace actornet::talk

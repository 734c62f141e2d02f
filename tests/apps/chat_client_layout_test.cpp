// What others wrote, on terminals of any width: no control codes, wrapped at words.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paragraph.hpp"
#include "printable.hpp"

namespace actornet::talk {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(chat_client_printable, control_characters_become_a_visible_sign) {
  EXPECT_EQ(printable("a\x1b[2Jb\x07\x7f"), "a\uFFFD[2Jb\uFFFD\uFFFD");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\uFFFD31m")
      << "CSI as one character of 8 bits";
}

TEST(chat_client_printable, what_changes_the_order_of_text_is_left_out) {
  EXPECT_EQ(printable("abc\u202Etxt.exe\u202C \u2066x\u2069\u200F\u061C"), "abctxt.exe x");
}

TEST(chat_client_printable, what_is_not_seen_is_left_out_but_joiners_stay) {
  EXPECT_EQ(printable("a\u200Bb\uFEFF\u00AD\U000E0041"), "ab");
  EXPECT_EQ(printable("👩\u200D👩"), "👩\u200D👩");
}

TEST(chat_client_printable, bytes_that_are_no_text_become_a_visible_sign) {
  EXPECT_EQ(printable("a\xff\xc0\xaf\xe2\x82"), "a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
}

TEST(chat_client_printable, line_feeds_stay_only_where_they_are_wanted) {
  EXPECT_EQ(printable("a\nb\tc"), "a b    c");
  EXPECT_EQ(printable("a\nb", line_feeds::stay), "a\nb");
  EXPECT_EQ(printable("a\u2028b", line_feeds::stay), "a\uFFFDb");
}

TEST(chat_client_printable, marks_do_not_pile_up) {
  std::string tower = "e";
  for (int i = 0; i < 100; ++i)
    tower += "\u0301";
  EXPECT_EQ(printable(tower).size(), 1u + 8 * 2);
}

TEST(chat_client_printable, columns_are_those_of_a_terminal) {
  EXPECT_EQ(columns_of("abc"), 3u);
  EXPECT_EQ(columns_of("日本"), 4u);
  EXPECT_EQ(columns_of("한글"), 4u);
  EXPECT_EQ(columns_of("e\u0301"), 1u);
  EXPECT_EQ(columns_of("🙂"), 2u);
  EXPECT_EQ(columns_of("ｱ"), 1u) << "half-width";
  EXPECT_EQ(columns_of("é—…"), 3u);
  EXPECT_EQ(columns_of(U'\U0002A6D6'), 2u);
}

TEST(chat_client_wrap, at_words_with_an_indent_under_the_text) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  EXPECT_THAT(wrap_said("14:02 ann: ", text, 80),
              ElementsAre("14:02 ann: the quick brown fox jumps over the lazy dog"));
  EXPECT_THAT(wrap_said("14:02 ann: ", text, 30),
              ElementsAre("14:02 ann: the quick brown fox", "           jumps over the lazy",
                          "           dog"));
}

TEST(chat_client_wrap, little_indent_where_names_are_long) {
  EXPECT_THAT(wrap_said("14:02 ann: ", "the quick brown fox jumps", 20),
              ElementsAre("14:02 ann: the quick", "  brown fox jumps"));
  EXPECT_THAT(wrap_said("14:02 " + std::string(30, 'n') + ": ", "hello", 20),
              ElementsAre("14:02 nnnnnnnnnnnnnn", "  nnnnnnnnnnnnnnnn:", "  hello"));
}

TEST(chat_client_wrap, a_word_that_is_longer_than_a_line_is_cut) {
  EXPECT_THAT(wrap("see https://example.org/a/long/way/to/go now", 20, 2),
              ElementsAre("see https://example.", "  org/a/long/way/to/", "  go now"));
}

TEST(chat_client_wrap, wide_characters_do_not_stand_over_the_edge) {
  EXPECT_THAT(wrap("日本語のテキスト", 7, 2), ElementsAre("日本語", "  のテ", "  キス", "  ト"));
}

TEST(chat_client_wrap, line_feeds_are_ends_of_lines) {
  EXPECT_THAT(wrap("a\nb c\n\nd", 20, 2), ElementsAre("a", "  b c", "  ", "  d"));
}

TEST(chat_client_wrap, no_line_is_longer_than_the_width) {
  const std::string text =
      "ein übermäßig langes Wort: Donaudampfschifffahrtsgesellschaft 日本語 und 🙂🙂🙂";
  for (std::size_t width = 1; width <= 90; ++width)
    for (const std::string& line : wrap_said("14:02 lobby ann: ", text, width))
      EXPECT_LE(columns_of(line), std::max<std::size_t>(width, 4)) << width << ": " << line;
}

TEST(chat_client_wrap, nothing_is_lost_or_added_but_spaces) {
  const std::string text = "ein übermäßig langes Wort: Donaudampfschifffahrtsgesellschaft 日本語";
  const auto without_spaces = [](std::string from) {
    std::erase(from, ' ');
    return from;
  };
  for (const std::size_t width : {4, 5, 20, 30, 80}) {
    std::string whole;
    for (const std::string& line : wrap(text, width, 3))
      whole += line;
    EXPECT_EQ(without_spaces(whole), without_spaces(text)) << width;
  }
}

TEST(chat_client_wrap, no_text_is_no_line) {
  EXPECT_THAT(wrap("", 20, 2), IsEmpty());
}

TEST(chat_client_cut, names_that_are_too_long_end_with_an_ellipsis) {
  EXPECT_EQ(cut_to("lobby", 5), "lobby");
  EXPECT_EQ(cut_to("lobby", 4), "lob…");
  EXPECT_EQ(cut_to("日本語", 4), "日…");
  EXPECT_EQ(cut_to("lobby", 0), "");
}

}  // namespace
}  // namespace actornet::talk

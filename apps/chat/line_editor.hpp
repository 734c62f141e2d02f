#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace actornet::talk {

/// The line that a person is typing: keys in, lines out. Knows the usual keys: left, right, up and
/// down (lines before), Home, End, Backspace, Delete, and with Ctrl a, b, d, e, f, h, k, n, p, u,
/// w. Other control characters and sequences are swallowed.
class line_editor {
 public:
  static constexpr std::size_t characters_max = 8 * 1024;  ///< more are not taken
  static constexpr std::size_t lines_kept_max = 100;

  /// What came of some keys.
  struct happened {
    std::vector<std::string> lines;  ///< that are finished, in order
    bool end = false;                ///< Ctrl-D on an empty line: nothing after it was looked at
    bool changed = false;            ///< the line that is being typed
  };
  happened feed(std::string_view keys);

  std::string text() const;
  bool empty() const noexcept { return line_.empty(); }

  /// The part around the cursor that fits into so many columns (one of them the cursor's own).
  struct window {
    std::string text;
    std::size_t cursor = 0;  ///< columns before it
  };
  window visible(std::size_t columns) const;

 private:
  enum class state { plain, escape, sequence, single };

  void take_byte(char byte, happened& into);
  void take_key(char key, happened& into);
  void take_sequence_byte(char byte);
  void take_piece_of_character(char byte);
  void take_arrow(char key);
  void insert(char32_t code);
  void finish(happened& into);
  void recall(std::size_t which);
  void erase(std::size_t from, std::size_t to);
  std::size_t word_before() const;

  std::u32string line_;
  std::size_t cursor_ = 0;
  std::deque<std::u32string> kept_;  // lines before, the oldest first
  std::size_t recalled_ = 0;         // kept_.size(): none
  std::u32string draft_;             // what was being typed before a line was recalled
  state state_ = state::plain;
  std::string sequence_;   // parameters of an escape sequence
  std::string character_;  // of which bytes are missing
};

}  // namespace actornet::talk

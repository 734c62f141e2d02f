#include "line_editor.hpp"

#include <algorithm>
#include <utility>

#include "printable.hpp"

namespace actornet::talk {

namespace {

constexpr char control(char letter) {
  return static_cast<char>(letter & 0x1f);
}
constexpr char escape = 0x1b;
constexpr char backspace = 0x7f;
constexpr std::size_t sequence_bytes_max = 16;

std::size_t bytes_of_character(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

std::string utf8(std::u32string_view text) {
  std::string bytes;
  for (const char32_t code : text)
    append_utf8(bytes, code);
  return bytes;
}

}  // namespace

std::string line_editor::text() const {
  return utf8(line_);
}

line_editor::happened line_editor::feed(std::string_view keys) {
  happened what;
  for (const char byte : keys) {
    take_byte(byte, what);
    if (what.end)
      break;
  }
  return what;
}

void line_editor::take_byte(char byte, happened& into) {
  if (state_ != state::plain) {
    take_sequence_byte(byte);
    into.changed = true;
  } else if (static_cast<unsigned char>(byte) >= 0x80) {
    take_piece_of_character(byte);
    into.changed = true;
  } else {
    character_.clear();
    take_key(byte, into);
  }
}

void line_editor::take_piece_of_character(char byte) {
  character_ += byte;
  if (character_.size() < bytes_of_character(character_.front()))
    return;
  const std::string whole = printable(std::exchange(character_, {}));
  for (std::string_view rest = whole; !rest.empty();)
    insert(take_code_point(rest));
}

void line_editor::take_key(char key, happened& into) {
  into.changed = true;
  switch (key) {
    case '\r':
    case '\n':
      return finish(into);
    case escape:
      state_ = state::escape;
      return;
    case backspace:
    case control('h'):
      return erase(cursor_ - std::min<std::size_t>(cursor_, 1), cursor_);
    case control('d'):
      into.end = line_.empty();
      return erase(cursor_, cursor_ + 1);
    case control('u'):
      return erase(0, cursor_);
    case control('k'):
      return erase(cursor_, line_.size());
    case control('w'):
      return erase(word_before(), cursor_);
    case control('a'):
      return take_arrow('H');
    case control('e'):
      return take_arrow('F');
    case control('b'):
      return take_arrow('D');
    case control('f'):
      return take_arrow('C');
    case control('p'):
      return take_arrow('A');
    case control('n'):
      return take_arrow('B');
    case '\t':
      return insert(U' ');
    default:
      if (key >= 0x20)
        insert(static_cast<char32_t>(key));
  }
}

// ECMA-48, 5.4: parameters and intermediate bytes, then one final byte of 0x40 to 0x7e.
void line_editor::take_sequence_byte(char byte) {
  if (state_ == state::escape) {
    sequence_.clear();
    state_ = byte == '[' ? state::sequence : byte == 'O' ? state::single : state::plain;
    return;
  }
  if (state_ == state::sequence && (byte < 0x40 || byte > 0x7e)) {
    if (sequence_.size() < sequence_bytes_max)
      sequence_ += byte;
    return;
  }
  state_ = state::plain;
  if (byte != '~')
    return take_arrow(byte);
  if (sequence_ == "1" || sequence_ == "7")
    take_arrow('H');
  else if (sequence_ == "4" || sequence_ == "8")
    take_arrow('F');
  else if (sequence_ == "3")
    erase(cursor_, cursor_ + 1);
}

void line_editor::take_arrow(char key) {
  switch (key) {
    case 'A':
      return recalled_ > 0 ? recall(recalled_ - 1) : void();
    case 'B':
      return recalled_ < kept_.size() ? recall(recalled_ + 1) : void();
    case 'C':
      cursor_ = std::min(cursor_ + 1, line_.size());
      return;
    case 'D':
      cursor_ -= std::min<std::size_t>(cursor_, 1);
      return;
    case 'H':
      cursor_ = 0;
      return;
    case 'F':
      cursor_ = line_.size();
      return;
    default:
      return;
  }
}

void line_editor::insert(char32_t code) {
  if (line_.size() >= characters_max)
    return;
  line_.insert(cursor_++, 1, code);
}

void line_editor::erase(std::size_t from, std::size_t to) {
  if (from >= line_.size())
    return;
  line_.erase(from, to - from);
  cursor_ = from;
}

std::size_t line_editor::word_before() const {
  std::size_t at = cursor_;
  while (at > 0 && line_[at - 1] == U' ')
    --at;
  while (at > 0 && line_[at - 1] != U' ')
    --at;
  return at;
}

void line_editor::finish(happened& into) {
  into.lines.push_back(text());
  if (!line_.empty() && (kept_.empty() || kept_.back() != line_)) {
    kept_.push_back(line_);
    if (kept_.size() > lines_kept_max)
      kept_.pop_front();
  }
  recalled_ = kept_.size();
  line_.clear();
  draft_.clear();
  cursor_ = 0;
}

void line_editor::recall(std::size_t which) {
  if (recalled_ == kept_.size())
    draft_ = line_;
  recalled_ = which;
  line_ = which < kept_.size() ? kept_[which] : draft_;
  cursor_ = line_.size();
}

line_editor::window line_editor::visible(std::size_t columns) const {
  const std::size_t room = std::max<std::size_t>(columns, 2) - 1;
  std::size_t first = cursor_;
  std::size_t before = 0;
  while (first > 0 && before + columns_of(line_[first - 1]) <= room)
    before += columns_of(line_[--first]);
  std::size_t last = cursor_;
  std::size_t used = before;
  while (last < line_.size() && used + columns_of(line_[last]) <= room)
    used += columns_of(line_[last++]);
  return {utf8(std::u32string_view(line_).substr(first, last - first)), before};
}

}  // namespace actornet::talk

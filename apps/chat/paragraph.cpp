#include "paragraph.hpp"

#include <algorithm>

#include "printable.hpp"

namespace actornet::talk {

namespace {

constexpr std::size_t width_min = 4;
constexpr std::size_t small_indent = 2;

// Fills one line after the other.
class filler {
 public:
  filler(std::size_t width, std::size_t indent)
      : width_(std::max(width, width_min)), indent_(std::min(indent, width_ / 2)) {}

  // A word and the spaces before it.
  void add(std::size_t spaces, std::string_view word) {
    const std::size_t columns = columns_of(word);
    if (used_ + spaces + columns <= width_)
      return put(spaces, word, columns);
    if (indent_ + columns <= width_) {
      end_line();
      return put(0, word, columns);
    }
    if (used_ + spaces + 2 <= width_)
      put(spaces, {}, 0);
    else
      end_line();
    put_in_pieces(word);
  }

  void end_line() {
    lines_.push_back(std::move(line_));
    line_.assign(indent_, ' ');
    used_ = indent_;
  }

  std::vector<std::string> take() {
    lines_.push_back(std::move(line_));
    return std::move(lines_);
  }

 private:
  void put(std::size_t spaces, std::string_view word, std::size_t columns) {
    line_.append(spaces, ' ').append(word);
    used_ += spaces + columns;
  }

  void put_in_pieces(std::string_view word) {
    while (!word.empty()) {
      std::string_view rest = word;
      const std::size_t columns = columns_of(take_code_point(rest));
      if (used_ + columns > width_)
        end_line();
      put(0, word.substr(0, word.size() - rest.size()), columns);
      word = rest;
    }
  }

  const std::size_t width_;
  const std::size_t indent_;
  std::vector<std::string> lines_;
  std::string line_;
  std::size_t used_ = 0;
};

void add_words(filler& to, std::string_view line) {
  while (!line.empty()) {
    const std::size_t spaces = std::min(line.find_first_not_of(' '), line.size());
    line.remove_prefix(spaces);
    const std::size_t length = std::min(line.find(' '), line.size());
    if (length > 0)
      to.add(spaces, line.substr(0, length));
    line.remove_prefix(length);
  }
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t indent) {
  if (text.empty())
    return {};
  filler lines(width, indent);
  for (;;) {
    const std::size_t end = text.find('\n');
    add_words(lines, text.substr(0, end));
    if (end == std::string_view::npos)
      return lines.take();
    lines.end_line();
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> wrap_said(std::string_view prefix, std::string_view text,
                                   std::size_t width) {
  const std::size_t columns = columns_of(prefix);
  return wrap(std::string(prefix).append(text), width,
              columns <= width / 2 ? columns : small_indent);
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns)
    return std::string(text);
  std::string kept;
  std::size_t used = 1;  // of the ellipsis
  for (std::string_view rest = text; !rest.empty() && used <= columns;) {
    const char32_t code = take_code_point(rest);
    used += columns_of(code);
    if (used <= columns)
      append_utf8(kept, code);
  }
  return columns == 0 ? std::string() : kept + "…";
}

}  // namespace actornet::talk

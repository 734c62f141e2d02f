#include "config_file.hpp"

#include <algorithm>
#include <optional>

namespace actornet::apps {

namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
         c == '+' || c == '.';
}

bool is_number(std::string_view word) {
  if (!word.empty() && (word[0] == '-' || word[0] == '+'))
    word.remove_prefix(1);
  return !word.empty() && is_digit(word.front()) && is_digit(word.back()) &&
         std::ranges::count(word, '.') <= 1 &&
         std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.'; });
}

bool is_bare(std::string_view word) {
  return word == "true" || word == "false" || is_number(word);
}

/// Reads a file from its beginning to its end, or to the first mistake.
class reader {
 public:
  explicit reader(std::string_view text) : rest_(text) {}

  std::variant<std::vector<config_entry>, config_mistake> read() {
    std::vector<config_entry> entries;
    for (skip_blank_lines(); !rest_.empty() && mistake_.empty(); skip_blank_lines())
      read_entry(entries);
    if (!mistake_.empty())
      return config_mistake{"line " + std::to_string(line_) + ": " + mistake_};
    return entries;
  }

 private:
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }
  void advance() {
    line_ += next() == '\n';
    rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (rest_.empty() || next() != c)
      return false;
    advance();
    return true;
  }
  void fail(std::string what) {
    if (mistake_.empty())
      mistake_ = std::move(what);
  }

  void skip_spaces() {
    while (next() == ' ' || next() == '\t')
      advance();
  }
  void skip_comment() {
    if (next() == '#')
      while (!rest_.empty() && next() != '\n')
        advance();
  }
  void skip_blank_lines() {
    do {
      skip_spaces();
      skip_comment();
      take('\r');
    } while (take('\n'));
  }

  std::string take_word() {
    std::string word;
    for (; is_word(next()); advance())
      word += next();
    return word;
  }

  void read_entry(std::vector<config_entry>& entries) {
    if (next() == '[')
      return fail("tables are not used here: write key = value");
    config_entry entry{.key = take_word(), .values = {}, .line = line_};
    skip_spaces();
    if (entry.key.empty() || !take('='))
      return fail("not key = value");
    if (std::ranges::find(entries, entry.key, &config_entry::key) != entries.end())
      return fail("'" + entry.key + "' stands twice");
    skip_spaces();
    if (next() == '[')
      read_array(entry.values);
    else
      read_value(entry.values);
    skip_spaces();
    skip_comment();
    take('\r');
    if (mistake_.empty() && !rest_.empty() && next() != '\n')
      return fail("more behind the value of '" + entry.key + "'");
    entries.push_back(std::move(entry));
  }

  void read_array(std::vector<std::string>& to) {
    advance();
    for (skip_blank_lines(); !take(']'); skip_blank_lines()) {
      read_value(to);
      skip_blank_lines();
      if (!take(',') && next() != ']')
        fail("an array without its ]");
      if (!mistake_.empty())
        return;
    }
  }

  void read_value(std::vector<std::string>& to) {
    if (take('"'))
      return read_string(to, true);
    if (take('\''))
      return read_string(to, false);
    std::string word = take_word();
    if (!is_bare(word))
      return fail("'" + word + "' is no value: write texts in quotes");
    to.push_back(std::move(word));
  }

  void read_string(std::vector<std::string>& to, bool escapes) {
    const char quote = escapes ? '"' : '\'';
    std::string text;
    while (!rest_.empty() && next() != '\n' && next() != quote) {
      const char c = next();
      advance();
      if (c != '\\' || !escapes) {
        text += c;
        continue;
      }
      const std::optional<char> meant = unescaped(next());
      if (!meant)
        return fail("an escape other than \\\\, \\\", \\n or \\t");
      text += *meant;
      advance();
    }
    if (!take(quote))
      return fail("a text without its end");
    to.push_back(std::move(text));
  }

  static std::optional<char> unescaped(char c) {
    switch (c) {
      case '\\':
      case '"':
        return c;
      case 'n':
        return '\n';
      case 't':
        return '\t';
      default:
        return std::nullopt;
    }
  }

  std::string_view rest_;
  std::size_t line_ = 1;
  std::string mistake_;
};

}  // namespace

std::variant<std::vector<config_entry>, config_mistake> read_config(std::string_view text) {
  return reader(text).read();
}

std::string config_value_text(const std::string& value) {
  if (is_bare(value))
    return value;
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\')
      text += '\\';
    if (c == '\n')
      text += "\\n";
    else if (c == '\t')
      text += "\\t";
    else
      text += c;
  }
  return text + '"';
}

}  // namespace actornet::apps

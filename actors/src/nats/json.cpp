#include "actornet/nats/detail/json.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace actornet::nats::detail {

namespace {

class reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}

  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted)
      return false;
    ++at_;
    return true;
  }

  /// What is between the quotes.
  std::optional<std::string_view> string() {
    if (!take('"'))
      return std::nullopt;
    const std::size_t begin = at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '"')
        return text_.substr(begin, at_++ - begin);
    }
    return std::nullopt;
  }

  std::optional<std::string_view> value() {
    skip_space();
    if (at_ >= text_.size())
      return std::nullopt;
    if (text_[at_] == '"')
      return string();
    return text_[at_] == '{' || text_[at_] == '[' ? nested() : plain();
  }

 private:
  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  // Counts brackets, whatever their kind: what is inside is for who asks for it.
  std::optional<std::string_view> nested() {
    const std::size_t begin = at_;
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char letter = text_[at_];
      if (letter == '"') {
        if (!string())
          return std::nullopt;
        continue;
      }
      ++at_;
      if (letter == '{' || letter == '[')
        ++depth;
      else if ((letter == '}' || letter == ']') && --depth == 0)
        return text_.substr(begin, at_ - begin);
    }
    return std::nullopt;
  }

  std::optional<std::string_view> plain() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(",}] \t\r\n", at_), text_.size());
    if (at_ == begin)
      return std::nullopt;
    return text_.substr(begin, at_ - begin);
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::string_view> json_member(std::string_view json, std::string_view name) {
  reader in(json);
  if (!in.take('{'))
    return std::nullopt;
  do {
    const auto key = in.string();
    if (!key || !in.take(':'))
      return std::nullopt;
    const auto value = in.value();
    if (!value || *key == name)
      return value;
  } while (in.take(','));
  return std::nullopt;
}

std::optional<std::uint64_t> json_number(std::string_view json, std::string_view name) {
  const auto text = json_member(json, name);
  if (!text)
    return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [stopped, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stopped != end)
    return std::nullopt;
  return number;
}

}  // namespace actornet::nats::detail

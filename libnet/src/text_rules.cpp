#include "actornet/net/text_rules.hpp"

#include <algorithm>
#include <span>

#include "actornet/net/utf8.hpp"

namespace actornet::net {

namespace {

struct range {
  char32_t first, last;
};

// Unicode 15.0: category Cf, and what else is drawn as nothing (Default_Ignorable_Code_Point, the
// Hangul fillers, the empty Braille pattern, line and paragraph separators). Sorted.
constexpr range invisible[] = {
    {0xad, 0xad},       {0x34f, 0x34f},     {0x600, 0x605},     {0x61c, 0x61c},
    {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},
    {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},
    {0x2028, 0x202e},   {0x2060, 0x206f},   {0x2800, 0x2800},   {0x3164, 0x3164},
    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
    {0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

// Category Zs without U+0020.
constexpr range odd_spaces[] = {
    {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
    {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
};

template <std::size_t N>
constexpr bool is_among(const range (&table)[N], char32_t c) {
  return std::ranges::any_of(table, [c](const range& r) { return r.first <= c && c <= r.last; });
}

constexpr bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

constexpr bool is_no_character(char32_t c) {
  return (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef) || (c >= 0xe000 && c <= 0xf8ff) ||
         c >= 0xf0000;
}

bool is_utf8(std::string_view text) noexcept {
  utf8_validator validator;
  return validator.append(std::as_bytes(std::span(text))) && validator.complete();
}

// Removes the first code point. @pre valid UTF-8, not empty
char32_t take_character(std::string_view& text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  char32_t c = length == 1 ? lead : lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i)
    c = c << 6 | (byte(i) & 0x3fu);
  text.remove_prefix(length);
  return c;
}

text_fault check_name_character(char32_t c) noexcept {
  if (is_control(c))
    return text_fault::control_character;
  if (is_among(odd_spaces, c))
    return text_fault::odd_space;
  if (is_among(invisible, c))
    return text_fault::invisible_character;
  return is_no_character(c) ? text_fault::no_character : text_fault::none;
}

bool has_odd_blanks(std::string_view name) noexcept {
  return name.front() == ' ' || name.back() == ' ' || name.find("  ") != std::string_view::npos;
}

}  // namespace

const char* describe(text_fault fault) noexcept {
  switch (fault) {
    case text_fault::none:
      return "nothing wrong";
    case text_fault::empty:
      return "empty";
    case text_fault::too_long:
      return "too long";
    case text_fault::not_utf8:
      return "not UTF-8";
    case text_fault::control_character:
      return "has a control character";
    case text_fault::invisible_character:
      return "has a character that is not seen";
    case text_fault::odd_space:
      return "has a space at an edge, two in a row, or one of another kind";
    case text_fault::no_character:
      return "has a code point that is no character";
  }
  return "unknown fault";
}

text_fault check_name(std::string_view name, const name_rules& rules) noexcept {
  if (name.empty())
    return text_fault::empty;
  if (name.size() > rules.bytes_max)
    return text_fault::too_long;
  if (!is_utf8(name))
    return text_fault::not_utf8;
  std::size_t characters = 0;
  for (std::string_view rest = name; !rest.empty();) {
    if (++characters > rules.characters_max)
      return text_fault::too_long;
    if (const text_fault fault = check_name_character(take_character(rest));
        fault != text_fault::none)
      return fault;
  }
  return has_odd_blanks(name) ? text_fault::odd_space : text_fault::none;
}

text_fault check_message_text(std::string_view text, std::size_t bytes_max) noexcept {
  if (text.empty())
    return text_fault::empty;
  if (text.size() > bytes_max)
    return text_fault::too_long;
  if (!is_utf8(text))
    return text_fault::not_utf8;
  while (!text.empty()) {
    const char32_t c = take_character(text);
    if (is_control(c) && c != '\n' && c != '\t')
      return text_fault::control_character;
  }
  return text_fault::none;
}

}  // namespace actornet::net

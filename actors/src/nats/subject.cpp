#include "actornet/nats/subject.hpp"

#include <charconv>

namespace actornet::nats {

namespace {

void append_escaped(std::string& to, char letter) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto code = static_cast<unsigned char>(letter);
  to += '%';
  to += digits[code >> 4];
  to += digits[code & 15];
}

bool stands_for_itself(char letter) {
  return letter > ' ' && letter < 0x7f && letter != '%' && letter != '*' && letter != '>' &&
         letter != '"' && letter != '\\';
}

}  // namespace

std::string escaped_subject(std::string_view text) {
  std::string made;
  made.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool bad_dot = text[i] == '.' && (i == 0 || i + 1 == text.size() || text[i - 1] == '.');
    if (stands_for_itself(text[i]) && !bad_dot)
      made += text[i];
    else
      append_escaped(made, text[i]);
  }
  return made;
}

std::string escaped_token(std::string_view text) {
  std::string made;
  made.reserve(text.size());
  for (const char letter : text)
    if (stands_for_itself(letter) && letter != '.')
      made += letter;
    else
      append_escaped(made, letter);
  return made;
}

std::optional<std::string> unescaped_subject(std::string_view escaped) {
  std::string text;
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '%') {
      text += escaped[i];
      continue;
    }
    unsigned code = 0;
    const std::string_view digits = escaped.substr(i + 1, 2);
    const char* const end = digits.data() + digits.size();
    if (digits.size() != 2 || std::from_chars(digits.data(), end, code, 16).ptr != end)
      return std::nullopt;
    text += static_cast<char>(code);
    i += 2;
  }
  return text;
}

}  // namespace actornet::nats

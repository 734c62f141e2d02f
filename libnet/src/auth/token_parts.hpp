#pragma once

#include <optional>
#include <string_view>

namespace actornet::auth::detail {

/// The parts of a token in the compact form (RFC 7515, section 7.1), still in base64url.
struct token_parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  ///< header and payload as they stand there
};

/// Empty when these are not three parts.
inline std::optional<token_parts> split_token(std::string_view token) noexcept {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first == token.npos ? first : first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos)
    return std::nullopt;
  return token_parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
                     token.substr(second + 1), token.substr(0, second)};
}

}  // namespace actornet::auth::detail

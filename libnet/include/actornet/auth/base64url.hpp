#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace actornet::auth {

/// RFC 4648, section 5, without padding, as in RFC 7515.
std::string to_base64url(std::string_view bytes);

/// Strict: nothing but letters of the alphabet, no padding, no bits left over that are not zero. So
/// each text of bytes has one form. Empty when @p text is not one.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace actornet::auth

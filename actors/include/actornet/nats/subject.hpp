#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace actornet::nats {

/// @p text as NATS's subject or part of one, and no two texts as the same: what is no visible
/// ASCII, and `%`, `*`, `>`, `"`, `\`, become `%` and two digits of base 16, so does a `.` that
/// would make a token empty; other `.` stay. At most three times as long. An empty text stays one,
/// which is no subject.
std::string escaped_subject(std::string_view text);

/// The same without `.`: one token.
std::string escaped_token(std::string_view text);

/// The text that became @p escaped; none when no text does.
std::optional<std::string> unescaped_subject(std::string_view escaped);

}  // namespace actornet::nats

#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace actornet::auth {

/// What a token says (RFC 7519, section 4.1). Others' claims are not looked at.
struct token_claims {
  static constexpr std::size_t list_max = 256;  ///< of audiences, of rooms

  std::string subject;                  ///< `sub`: who it is; check it with `net::check_name`
  std::string issuer{};                 ///< `iss`; empty: none
  std::vector<std::string> audience{};  ///< `aud`, one or several
  std::optional<std::chrono::sys_seconds> expires{};
  std::optional<std::chrono::sys_seconds> not_before{};
  std::optional<std::chrono::sys_seconds> issued_at{};
  /// `rooms`, our own claim: the rooms that the user may join, each a name, or what names begin
  /// with and `*`. Not there: the token does not limit them. Empty: none.
  std::optional<std::vector<std::string>> rooms{};

  /// Whether `rooms` lets the user into @p room. What else the application asks for it must ask
  /// itself.
  bool may_join(std::string_view room) const noexcept;

  bool operator==(const token_claims&) const = default;
};

}  // namespace actornet::auth

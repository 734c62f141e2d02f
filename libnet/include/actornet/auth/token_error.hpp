#pragma once

#include <system_error>

namespace actornet::auth {

/// Why a token is not taken. The numbers are stable. None of the texts holds anything of the token.
enum class token_error : int {
  too_long = 1,            ///< over `verifier_options::token_bytes_max`
  malformed = 2,           ///< not three parts, not base64url, not JSON, a member twice, a claim of
                           ///< the wrong kind
  algorithm_refused = 3,   ///< `none`, unknown, or not that of the key
  unknown_key = 4,         ///< no key with this `kid`
  critical_extension = 5,  ///< `crit` or `b64`: none is known here (RFC 7515, section 4.1.11)
  wrong_type = 6,          ///< `typ` or `cty` says that it is something else
  bad_signature = 7,
  missing_claim = 8,  ///< no `sub`, or no `exp`
  expired = 9,
  not_yet_valid = 10,  ///< before `nbf`
  wrong_issuer = 11,
  wrong_audience = 12,
};

/// The category of `token_error`; its name is "actornet.auth".
const std::error_category& token_category() noexcept;

/// A static, one-line English description of @p error.
const char* describe(token_error error) noexcept;

inline std::error_code make_error_code(token_error error) noexcept {
  return {static_cast<int>(error), token_category()};
}

}  // namespace actornet::auth

template <>
struct std::is_error_code_enum<actornet::auth::token_error> : std::true_type {};

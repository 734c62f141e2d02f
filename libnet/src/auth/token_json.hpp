#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actornet/auth/claims.hpp"
#include "actornet/auth/token_error.hpp"
#include "actornet/result.hpp"

namespace actornet::auth::detail {

/// The part of a token's header that is looked at.
struct token_header {
  std::string algorithm;  ///< `alg`, whatever it says
  std::optional<std::string> key_id;
};

result<token_header> read_header(std::string_view json);
std::string write_header(const token_header& header);

/// Kinds and limits of claims are checked, not what they say.
result<token_claims> read_claims(std::string_view json);
std::string write_claims(const token_claims& claims);

}  // namespace actornet::auth::detail

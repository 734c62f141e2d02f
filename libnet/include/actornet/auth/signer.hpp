#pragma once

#include <string>
#include <string_view>

#include "actornet/auth/claims.hpp"
#include "actornet/auth/key.hpp"

namespace actornet::auth {

/// The token that says @p claims, signed by @p with, whose `kid` is @p key_id if that is not empty.
/// Texts must be UTF-8. Throws `std::logic_error` when @p with is a public key.
std::string sign_token(const token_claims& claims, const key& with, std::string_view key_id = {});

}  // namespace actornet::auth

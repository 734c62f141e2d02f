#include "actornet/auth/signer.hpp"

#include "actornet/auth/base64url.hpp"
#include "token_json.hpp"

namespace actornet::auth {

std::string sign_token(const token_claims& claims, const key& with, std::string_view key_id) {
  detail::token_header header{std::string(to_string(with.kind())), std::nullopt};
  if (!key_id.empty())
    header.key_id = std::string(key_id);
  std::string token =
      to_base64url(detail::write_header(header)) + "." + to_base64url(detail::write_claims(claims));
  const std::string signature = with.sign(token);
  return token + "." + to_base64url(signature);
}

}  // namespace actornet::auth

#include "actornet/auth/token_error.hpp"

#include <string>

namespace actornet::auth {

namespace {

class category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "actornet.auth"; }
  std::string message(int code) const override { return describe(static_cast<token_error>(code)); }
};

}  // namespace

const std::error_category& token_category() noexcept {
  static const category only;
  return only;
}

const char* describe(token_error error) noexcept {
  switch (error) {
    case token_error::too_long:
      return "the token is too long";
    case token_error::malformed:
      return "not a well-formed token";
    case token_error::algorithm_refused:
      return "the token's algorithm is not that of the key";
    case token_error::unknown_key:
      return "no key is known by the name in the token";
    case token_error::critical_extension:
      return "the token needs an extension that is not known";
    case token_error::wrong_type:
      return "the token is of another type";
    case token_error::bad_signature:
      return "the token's signature is wrong";
    case token_error::missing_claim:
      return "the token does not say who it is for, or when it expires";
    case token_error::expired:
      return "the token has expired";
    case token_error::not_yet_valid:
      return "the token is not valid yet";
    case token_error::wrong_issuer:
      return "the token is from another issuer";
    case token_error::wrong_audience:
      return "the token is for another audience";
  }
  return "unknown error of a token";
}

}  // namespace actornet::auth

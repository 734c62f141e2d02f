#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/auth/claims.hpp"
#include "actornet/auth/key.hpp"
#include "actornet/auth/token_error.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/result.hpp"

namespace actornet::auth {

namespace detail {
class verifier_state;
}

/// A key file and the `kid` of the tokens that it is for; empty: for tokens without `kid`, and with
/// one that no other key has.
struct key_source {
  std::string file;
  std::string id{};
};

/// `FILE` or `KID=FILE`, as on a command line. A text with a `/` before its first `=` is a file.
key_source parse_key_source(std::string_view text);

/// Which tokens are taken.
struct verifier_options {
  std::vector<key_source> keys;  ///< 1 to `verifier::keys_max`, no `id` twice
  std::string issuer{};          ///< `iss` must be this; empty: any
  /// `aud` must name this. Empty: tokens with an `aud` are for somebody else, and are refused
  /// (RFC 7519, section 4.1.3).
  std::string audience{};
  std::chrono::seconds leeway{30};  ///< for clocks that differ, at `exp` and `nbf`
  bool expiry_required = true;      ///< a token without `exp` is refused
  std::size_t token_bytes_max = 4096;
};

/// Checks JSON Web Tokens (RFC 7519, in the compact form of RFC 7515) as RFC 8725 advises. Copies
/// are the same verifier. Thread-safe.
///
///     auth::verifier tokens({.keys = {{"jwt.pub"}}});
///     const auto who = tokens.verify(text, loop.wall_now());   // result<token_claims>
class verifier {
 public:
  static constexpr std::size_t keys_max = 16;

  /// Reads the keys. Throws `std::runtime_error` (a file), `std::invalid_argument` (the options).
  explicit verifier(verifier_options options);

  /// Reads the key files again (at SIGHUP; not on a loop): tokens are checked by the new keys from
  /// then on. Throws as the constructor, and then nothing has changed.
  void reload();

  /// What @p token says, if it is signed by one of the keys and valid at @p now. Does not block;
  /// costs one check of a signature for each key that may be meant. Errors: `token_error`.
  result<token_claims> verify(std::string_view token, net::wall_time now) const;

 private:
  std::shared_ptr<detail::verifier_state> state_;
};

/// A token that nobody checked.
struct unverified_token {
  std::string algorithm;
  std::optional<std::string> key_id;
  token_claims claims;
};

/// What @p token says of itself: to show it to people, never to trust it. Errors: `token_error`.
result<unverified_token> read_unverified(std::string_view token);

}  // namespace actornet::auth

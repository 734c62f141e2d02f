#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace actornet::auth {

/// How a token is signed (RFC 7518, section 3; RFC 8037). There is no `none`.
enum class algorithm : std::uint8_t {
  hs256,  ///< HMAC with SHA-256: who can check can also sign
  rs256,  ///< RSASSA-PKCS1-v1_5 with SHA-256
  es256,  ///< ECDSA on P-256 with SHA-256
  eddsa,  ///< Ed25519
};

/// As in a token's header: `HS256`, `RS256`, `ES256`, `EdDSA`.
std::string_view to_string(algorithm which) noexcept;

/// The inverse, exactly.
std::optional<algorithm> parse_algorithm(std::string_view name) noexcept;

}  // namespace actornet::auth

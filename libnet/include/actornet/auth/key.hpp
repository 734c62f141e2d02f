#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "actornet/auth/algorithm.hpp"

namespace actornet::auth {

namespace detail {
class key_material;
}

/// A key that checks signatures and, if it is a secret or a private key, makes them. What it is
/// decides the one algorithm it works with, so a public key can never serve as a secret (RFC 8725,
/// section 3.1): RSA is RS256, P-256 is ES256, Ed25519 is EdDSA, a secret is HS256.
///
/// Copies are the same key. Thread-safe. The memory of secrets is cleared at their end.
class key {
 public:
  static constexpr std::size_t secret_bytes_min = 32;  ///< RFC 7518, section 3.2
  static constexpr std::size_t rsa_bits_min = 2048;    ///< RFC 7518, section 3.3
  static constexpr std::size_t rsa_bits_max = 8192;    ///< more only costs time
  static constexpr std::size_t file_bytes_max = 16 * 1024;

  /// For HS256. Throws `std::invalid_argument` when @p bytes are fewer than `secret_bytes_min`.
  static key from_secret(std::string_view bytes);

  /// One block of PEM: `PUBLIC KEY` (SubjectPublicKeyInfo) or a private key without a passphrase.
  /// Throws `std::invalid_argument`, also for a kind or size of key that is not taken.
  static key from_pem(std::string_view text);

  /// What begins with `-----BEGIN` is PEM, everything else a secret: all bytes of the file without
  /// one line break at its end. Reads the file: not on a loop. Throws `std::runtime_error` with the
  /// file's name and nothing of its content.
  static key from_file(const std::string& path);

  algorithm kind() const noexcept;
  bool can_sign() const noexcept;

  /// Whether @p signature (bytes, as in JWS) is this key's for @p text. HS256 compares in constant
  /// time.
  bool verifies(std::string_view text, std::string_view signature) const;

  /// The signature for @p text. Throws `std::logic_error` when this is a public key.
  std::string sign(std::string_view text) const;

 private:
  explicit key(std::shared_ptr<const detail::key_material> material) noexcept;

  std::shared_ptr<const detail::key_material> material_;
};

/// The texts of key files.
struct key_texts {
  std::string private_text;  ///< PEM, or a secret as one line
  std::string public_text;   ///< PEM; empty for HS256
};

/// A new key from the system's randomness: 256 bits, RSA 3072 bits.
key_texts make_key(algorithm which);

}  // namespace actornet::auth

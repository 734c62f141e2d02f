#include "key_material.hpp"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/hmac.h>

#include <array>
#include <new>
#include <optional>
#include <stdexcept>

namespace actornet::auth::detail {

namespace {

using context_ptr = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using ecdsa_ptr = std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>>;

constexpr std::size_t hmac_bytes = 32;
constexpr int ec_number_bytes = 32;  // each of r and s (RFC 7518, section 3.4)

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) noexcept {
  return reinterpret_cast<unsigned char*>(text.data());
}

const EVP_MD* digest_of(algorithm which) noexcept {
  return which == algorithm::eddsa ? nullptr : EVP_sha256();
}

// Others on this thread (TLS) take what is in OpenSSL's queue of errors for their own.
struct errors_cleared {
  ~errors_cleared() { ERR_clear_error(); }
};

// OpenSSL has ECDSA's two numbers in DER, JWS has them one after the other.
std::optional<std::string> der_of(std::string_view pair) {
  if (pair.size() != 2 * ec_number_bytes)
    return std::nullopt;
  const ecdsa_ptr numbers(ECDSA_SIG_new());
  BIGNUM* const r = BN_bin2bn(bytes_of(pair), ec_number_bytes, nullptr);
  BIGNUM* const s = BN_bin2bn(bytes_of(pair) + ec_number_bytes, ec_number_bytes, nullptr);
  if (!numbers || !r || !s || ECDSA_SIG_set0(numbers.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    throw std::bad_alloc();
  }
  unsigned char* out = nullptr;
  const int length = i2d_ECDSA_SIG(numbers.get(), &out);
  if (length <= 0)
    throw std::bad_alloc();
  std::string der(reinterpret_cast<char*>(out), static_cast<std::size_t>(length));
  OPENSSL_free(out);
  return der;
}

std::string pair_of(const std::string& der) {
  const unsigned char* in = bytes_of(std::string_view(der));
  const ecdsa_ptr numbers(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
  std::string pair(2 * ec_number_bytes, '\0');
  if (!numbers ||
      BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), bytes_of(pair), ec_number_bytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), bytes_of(pair) + ec_number_bytes,
                   ec_number_bytes) < 0)
    throw std::runtime_error("OpenSSL's signature is none");
  return pair;
}

}  // namespace

std::string key_material::hmac(std::string_view text) const {
  std::string code(hmac_bytes, '\0');
  unsigned length = 0;
  if (!HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()), bytes_of(text),
            text.size(), bytes_of(code), &length))
    throw std::bad_alloc();
  return code;
}

bool key_material::verifies(std::string_view text, std::string_view signature) const {
  if (kind == algorithm::hs256)
    return signature.size() == hmac_bytes &&
           CRYPTO_memcmp(hmac(text).data(), signature.data(), hmac_bytes) == 0;
  const errors_cleared on_return;
  std::optional<std::string> der;
  if (kind == algorithm::es256) {
    der = der_of(signature);
    if (!der)
      return false;
    signature = *der;
  }
  const context_ptr context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, digest_of(kind), nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

std::string key_material::sign(std::string_view text) const {
  if (!can_sign)
    throw std::logic_error("a public key cannot sign");
  if (kind == algorithm::hs256)
    return hmac(text);
  const errors_cleared on_return;
  const context_ptr context(EVP_MD_CTX_new());
  std::size_t length = 0;
  std::string signature;
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, digest_of(kind), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, bytes_of(text), text.size()) != 1)
    throw std::runtime_error("OpenSSL cannot sign");
  signature.resize(length);
  if (EVP_DigestSign(context.get(), bytes_of(signature), &length, bytes_of(text), text.size()) != 1)
    throw std::runtime_error("OpenSSL cannot sign");
  signature.resize(length);
  return kind == algorithm::es256 ? pair_of(signature) : signature;
}

}  // namespace actornet::auth::detail

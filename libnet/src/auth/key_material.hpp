#pragma once

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "actornet/auth/algorithm.hpp"

namespace actornet::auth::detail {

/// Frees what OpenSSL made.
template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* made) const noexcept {
    Free(made);
  }
};

using pkey_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;

/// Clears a text when it goes.
class cleansed {
 public:
  explicit cleansed(std::string& text) noexcept : text_(text) {}
  ~cleansed() { OPENSSL_cleanse(text_.data(), text_.size()); }
  cleansed(const cleansed&) = delete;
  cleansed& operator=(const cleansed&) = delete;

 private:
  std::string& text_;
};

/// A secret, or a key of OpenSSL's.
class key_material {
 public:
  explicit key_material(std::string_view secret)
      : kind(algorithm::hs256), can_sign(true), secret_(secret) {}
  key_material(algorithm which, bool is_private, pkey_ptr key) noexcept
      : kind(which), can_sign(is_private), key_(std::move(key)) {}

  bool verifies(std::string_view text, std::string_view signature) const;
  std::string sign(std::string_view text) const;

  const algorithm kind;
  const bool can_sign;

 private:
  std::string hmac(std::string_view text) const;

  std::string secret_;
  cleansed cleansed_{secret_};
  pkey_ptr key_;
};

}  // namespace actornet::auth::detail

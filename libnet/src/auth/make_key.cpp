#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "actornet/auth/base64url.hpp"
#include "actornet/auth/key.hpp"
#include "key_material.hpp"

namespace actornet::auth {

namespace {

using detail::pkey_ptr;
using bio_ptr = std::unique_ptr<BIO, detail::freed_by<BIO_free_all>>;

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t rsa_bits = 3072;

[[noreturn]] void fail() {
  ERR_clear_error();
  throw std::runtime_error("OpenSSL cannot make a key");
}

std::string make_secret() {
  std::string bytes(secret_bytes, '\0');
  const detail::cleansed at_end(bytes);
  if (RAND_priv_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                      static_cast<int>(bytes.size())) != 1)
    fail();
  return to_base64url(bytes) + "\n";
}

pkey_ptr make_pair(algorithm which) {
  switch (which) {
    case algorithm::rs256:
      return pkey_ptr(EVP_RSA_gen(rsa_bits));
    case algorithm::es256:
      return pkey_ptr(EVP_EC_gen("P-256"));
    default:
      return pkey_ptr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
}

std::string text_of(BIO* written) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(written, &data);
  return {data, static_cast<std::size_t>(length)};
}

}  // namespace

key_texts make_key(algorithm which) {
  if (which == algorithm::hs256)
    return {make_secret(), {}};
  const pkey_ptr made = make_pair(which);
  const bio_ptr own(BIO_new(BIO_s_secmem()));
  const bio_ptr shown(BIO_new(BIO_s_mem()));
  if (!made || !own || !shown ||
      PEM_write_bio_PKCS8PrivateKey(own.get(), made.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1 ||
      PEM_write_bio_PUBKEY(shown.get(), made.get()) != 1)
    fail();
  return {text_of(own.get()), text_of(shown.get())};
}

}  // namespace actornet::auth

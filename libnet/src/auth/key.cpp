#include "actornet/auth/key.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <fstream>
#include <new>
#include <stdexcept>

#include "key_material.hpp"

namespace actornet::auth {

namespace {

using detail::key_material;
using detail::pkey_ptr;
using bio_ptr = std::unique_ptr<BIO, detail::freed_by<BIO_free_all>>;

constexpr std::string_view pem_begin = "-----BEGIN ";

// Without this OpenSSL would ask on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

bio_ptr reader_of(std::string_view text) {
  bio_ptr made(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!made)
    throw std::bad_alloc();
  return made;
}

bool is_p256(const EVP_PKEY* of) {
  char name[32] = {};
  return EVP_PKEY_get_utf8_string_param(of, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof(name),
                                        nullptr) == 1 &&
         std::string_view(name) == "prime256v1";
}

algorithm algorithm_of(const EVP_PKEY* of) {
  switch (EVP_PKEY_get_base_id(of)) {
    case EVP_PKEY_RSA: {
      const auto bits = static_cast<std::size_t>(EVP_PKEY_get_bits(of));
      if (bits < key::rsa_bits_min || bits > key::rsa_bits_max)
        throw std::invalid_argument("an RSA key has 2048 to 8192 bits");
      return algorithm::rs256;
    }
    case EVP_PKEY_EC:
      if (!is_p256(of))
        throw std::invalid_argument("not on the curve P-256");
      return algorithm::es256;
    case EVP_PKEY_ED25519:
      return algorithm::eddsa;
    default:
      throw std::invalid_argument("not a key of RSA, P-256 or Ed25519");
  }
}

pkey_ptr read_pem(std::string_view text, bool is_private) {
  const bio_ptr from = reader_of(text);
  pkey_ptr made(is_private ? PEM_read_bio_PrivateKey(from.get(), nullptr, no_passphrase, nullptr)
                           : PEM_read_bio_PUBKEY(from.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!made)
    throw std::invalid_argument(is_private ? "not a private key without a passphrase in PEM"
                                           : "not a public key in PEM");
  return made;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(key::file_bytes_max + 1, '\0');
  if (!file.is_open())
    throw std::invalid_argument("cannot be read");
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || text.empty())
    throw std::invalid_argument("cannot be read, or is empty");
  if (text.size() > key::file_bytes_max)
    throw std::invalid_argument("too long for a key");
  return text;
}

std::string_view without_line_break(std::string_view text) {
  for (const std::string_view end : {"\r\n", "\n"})
    if (text.ends_with(end))
      return text.substr(0, text.size() - end.size());
  return text;
}

}  // namespace

key::key(std::shared_ptr<const key_material> material) noexcept : material_(std::move(material)) {}

key key::from_secret(std::string_view bytes) {
  if (bytes.size() < secret_bytes_min)
    throw std::invalid_argument("a secret has at least 32 bytes");
  return key(std::make_shared<const key_material>(bytes));
}

key key::from_pem(std::string_view text) {
  if (!text.starts_with(pem_begin) || text.find(pem_begin, 1) != std::string_view::npos)
    throw std::invalid_argument("not exactly one block of PEM");
  const bool is_private = !text.starts_with("-----BEGIN PUBLIC KEY-----");
  pkey_ptr made = read_pem(text, is_private);
  const algorithm which = algorithm_of(made.get());
  return key(std::make_shared<const key_material>(which, is_private, std::move(made)));
}

key key::from_file(const std::string& path) {
  try {
    std::string text = read_file(path);
    const detail::cleansed at_end(text);
    return text.starts_with("-----BEGIN") ? from_pem(text) : from_secret(without_line_break(text));
  } catch (const std::invalid_argument& why) {
    throw std::runtime_error(path + ": " + why.what());
  }
}

algorithm key::kind() const noexcept {
  return material_->kind;
}

bool key::can_sign() const noexcept {
  return material_->can_sign;
}

bool key::verifies(std::string_view text, std::string_view signature) const {
  return material_->verifies(text, signature);
}

std::string key::sign(std::string_view text) const {
  return material_->sign(text);
}

}  // namespace actornet::auth

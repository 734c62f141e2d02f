#include "context.hpp"

#include <openssl/err.h>

#include <stdexcept>

namespace actornet::tls::detail {

namespace {

[[noreturn]] void fail(const std::string& what) {
  char words[256] = "unknown error";
  if (const unsigned long error = ERR_get_error())
    ERR_error_string_n(error, words, sizeof(words));
  ERR_clear_error();
  throw std::runtime_error(what + ": " + words);
}

context_ptr make_context(const SSL_METHOD* side) {
  context_ptr made(SSL_CTX_new(side), SSL_CTX_free);
  if (!made)
    fail("TLS");
  SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(made.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                      SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection keeps no buffers of 16 KiB.
  SSL_CTX_set_mode(made.get(), SSL_MODE_RELEASE_BUFFERS);
  return made;
}

void use_certificate(SSL_CTX* of, const std::string& certificate, const std::string& key) {
  if (SSL_CTX_use_certificate_chain_file(of, certificate.c_str()) != 1)
    fail(certificate);
  if (SSL_CTX_use_PrivateKey_file(of, key.c_str(), SSL_FILETYPE_PEM) != 1)
    fail(key);
  if (SSL_CTX_check_private_key(of) != 1)
    fail(key + " is not the key of " + certificate);
}

}  // namespace

context_ptr make_server_context(const server_options& options) {
  context_ptr made = make_context(TLS_server_method());
  use_certificate(made.get(), options.certificate_file, options.private_key_file);
  if (!options.client_roots_file.empty()) {
    if (SSL_CTX_load_verify_file(made.get(), options.client_roots_file.c_str()) != 1)
      fail(options.client_roots_file);
    SSL_CTX_set_client_CA_list(made.get(),
                               SSL_load_client_CA_file(options.client_roots_file.c_str()));
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    // Sessions of clients with certificates are resumed in this context only.
    static constexpr unsigned char name[] = "actornet";
    SSL_CTX_set_session_id_context(made.get(), name, sizeof(name) - 1);
  }
  return made;
}

context_ptr make_client_context(const client_options& options) {
  context_ptr made = make_context(TLS_client_method());
  if (!options.certificate_file.empty())
    use_certificate(made.get(), options.certificate_file, options.private_key_file);
  if (options.roots_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(made.get()) != 1)
      fail("the system's roots");
  } else if (SSL_CTX_load_verify_file(made.get(), options.roots_file.c_str()) != 1) {
    fail(options.roots_file);
  }
  SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
  return made;
}

}  // namespace actornet::tls::detail

#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "actornet/tls/client.hpp"
#include "actornet/tls/tls.hpp"

namespace actornet::tls::detail {

using context_ptr = std::shared_ptr<SSL_CTX>;

// Both throw as the classes that they are for.
context_ptr make_server_context(const server_options& options);
context_ptr make_client_context(const client_options& options);

/// A server behind its handles. Thread-safe.
class context {
 public:
  explicit context(server_options from)
      : options(std::move(from)), current_(make_server_context(options)) {}

  context_ptr current() const {
    const std::lock_guard guard(mutex_);
    return current_;
  }
  void reload() {
    context_ptr fresh = make_server_context(options);
    const std::lock_guard guard(mutex_);
    current_ = std::move(fresh);
  }

  const server_options options;
  std::atomic<std::size_t> handshakes{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> refused{0};

 private:
  mutable std::mutex mutex_;
  context_ptr current_;
};

}  // namespace actornet::tls::detail

#pragma once

#include <cstddef>
#include <memory>

#include "actornet/net/websocket_compression.hpp"
#include "actornet/web/websocket_options.hpp"

struct z_stream_s;

namespace actornet::web {

/// What both ends agreed on, as ours sees it.
struct deflate_agreement {
  unsigned our_window_bits = 15;
  unsigned their_window_bits = 15;
  bool we_keep_context = false;
  bool they_keep_context = false;
};

/// permessage-deflate on zlib (RFC 7692, section 7.2). Between messages it holds nothing of zlib,
/// but of a direction that keeps its context. Throws `std::bad_alloc`.
class deflate final : public net::websocket_compression {
 public:
  deflate(const deflate_options& options, const deflate_agreement& agreed) noexcept
      : options_(options), agreed_(agreed) {}

  std::size_t message_bytes_min() const noexcept override;
  void compress(std::span<const std::byte> piece, bool last, std::vector<std::byte>& out) override;
  status expand(std::span<const std::byte> piece, bool last, std::size_t bytes_max,
                std::vector<std::byte>& out) override;

 private:
  using zlib_state = std::unique_ptr<z_stream_s, void (*)(z_stream_s*)>;
  status expand_some(std::span<const std::byte> piece, std::size_t bytes_max,
                     std::vector<std::byte>& out);

  const deflate_options options_;
  const deflate_agreement agreed_;
  zlib_state out_{nullptr, nullptr};
  zlib_state in_{nullptr, nullptr};
};

}  // namespace actornet::web

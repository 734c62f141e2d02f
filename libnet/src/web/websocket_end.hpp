#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "actornet/net/filter.hpp"
#include "actornet/net/websocket_codec.hpp"
#include "actornet/web/websocket_options.hpp"

namespace actornet::web {

/// What the filters of both ends of a WebSocket do once their handshake is over.
class websocket_end : public net::filter {
 public:
  using bytes_to = std::vector<std::byte>;

  outcome received(std::span<const std::byte> bytes, bytes_to& plain, bytes_to& wire) override;
  outcome sending(std::span<const std::byte> plain, bytes_to& wire) override;
  void ending(errc reason, bytes_to& wire) override;
  bool handshaking() const override { return !codec_; }
  bool has_more() const override { return codec_ && codec_->has_more(); }
  bool text() const override { return codec_ && codec_->text(); }
  net::duration ping_interval() const override {
    return codec_ ? ping_interval_ : net::duration::zero();
  }
  void ping(bytes_to& wire) override;

 protected:
  /// The handshake is over.
  void open(net::websocket_rules rules, const websocket_end_options& options,
            const subprotocol* chosen, std::unique_ptr<net::websocket_compression> compression);

 private:
  /// Bytes came in the handshake.
  virtual outcome shaking_hands(std::span<const std::byte> bytes, bytes_to& plain,
                                bytes_to& wire) = 0;

  net::duration ping_interval_{};
  std::optional<net::websocket_codec> codec_;
};

}  // namespace actornet::web

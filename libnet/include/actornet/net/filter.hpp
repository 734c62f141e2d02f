#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "actornet/errc.hpp"
#include "actornet/net/clock.hpp"

namespace actornet::net {

class loop;

/// A transformation between transport and framing, sans-I/O (TLS and WebSocket are filters).
/// It belongs to one connection and is called on its loop only.
class filter {
 public:
  enum class status : std::uint8_t {
    ok,     ///< go on
    end,    ///< the peer ended the filtered stream in order
    error,  ///< the connection must close with `error`
  };

  struct outcome {
    status state = status::ok;
    errc error{};
  };

  virtual ~filter() = default;

  /// The connection is there: appends what our side says first, as a client does. Called once,
  /// before anything else.
  virtual void begin(std::vector<std::byte>& wire) { (void)wire; }

  /// Bytes came from the transport: appends the plain bytes to @p plain and what must be sent in
  /// answer (handshake, alerts, pongs) to @p wire.
  virtual outcome received(std::span<const std::byte> bytes, std::vector<std::byte>& plain,
                           std::vector<std::byte>& wire) = 0;

  /// Whether `received` has stopped early, so that few bytes do not become very many at once: it
  /// goes on when it is called again, with no bytes or more.
  virtual bool has_more() const { return false; }

  /// Plain bytes are to be sent: appends their form on the wire to @p wire.
  virtual outcome sending(std::span<const std::byte> plain, std::vector<std::byte>& wire) = 0;

  /// Our side ends its stream with @p reason: appends the farewell, if the protocol has one.
  virtual void ending(errc reason, std::vector<std::byte>& wire) {
    (void)reason;
    (void)wire;
  }

  /// True while the handshake is not finished: nothing may be sent but what the filter asks for.
  /// If the stream ends in it, what it had to send is lost.
  virtual bool handshaking() const { return false; }

  /// Whether messages are text, as the handshake has agreed; false while it is not over.
  virtual bool text() const { return false; }

  /// How long we may wait for bytes of the peer until `ping` is called. If none come for as long
  /// again the connection closes with `ping_timeout`. Zero: never.
  virtual duration ping_interval() const { return {}; }

  /// Appends a question that a peer answers by itself.
  virtual void ping(std::vector<std::byte>& wire) { (void)wire; }

  /// True when bytes pass unchanged in both directions: the connection then does not call the
  /// filter at all, which saves two copies.
  virtual bool identity() const { return false; }
};

/// Makes the filter of a connection that is dialed, on its loop.
using client_filter = std::function<std::unique_ptr<filter>(loop&)>;

/// Passes bytes through unchanged.
class identity_filter final : public filter {
 public:
  outcome received(std::span<const std::byte> bytes, std::vector<std::byte>& plain,
                   std::vector<std::byte>& wire) override;
  outcome sending(std::span<const std::byte> plain, std::vector<std::byte>& wire) override;
  bool identity() const override { return true; }
};

}  // namespace actornet::net

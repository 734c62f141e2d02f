#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "actornet/byte_stream.hpp"
#include "actornet/net/backend.hpp"
#include "actornet/net/endpoint.hpp"
#include "actornet/net/filter.hpp"
#include "actornet/net/loop.hpp"
#include "actornet/net/stream.hpp"

namespace actornet {

/// Makes the filter of each connection that is dialed, on its loop, for the URI that is dialed: its
/// host is what TLS and HTTP need to name, its path what WebSocket asks for. From a function of
/// `(net::loop&, const net::endpoint&)`, or of `(net::loop&)` that knows where it goes.
class dial_filter {
 public:
  using made = std::unique_ptr<net::filter>;

  dial_filter() = default;

  template <class Make>
  requires std::is_invocable_r_v<made, Make&, net::loop&, const net::endpoint&> dial_filter(
      Make make)
      : make_(std::move(make)) {}

  template <class Make>
  requires std::is_invocable_r_v<made, Make&, net::loop&> dial_filter(Make make)
      : make_([make = std::move(make)](net::loop& on, const net::endpoint&) { return make(on); }) {}

  explicit operator bool() const noexcept { return static_cast<bool>(make_); }
  made operator()(net::loop& on, const net::endpoint& where) const { return make_(on, where); }

 private:
  std::function<made(net::loop&, const net::endpoint&)> make_;
};

/// Options of a connection that this side makes.
struct dial_options {
  /// No handshake limit unless asked for: that protects a server from clients that say nothing.
  net::stream_options stream{.handshake_timeout = {}};
  net::socket_options socket;

  dial_filter filter;  ///< none: only `tcp://` and `unix://` can be dialed

  /// The filter's handshake takes no longer, whatever the dial's deadline; zero: no limit.
  net::duration filter_timeout = std::chrono::seconds(30);

  /// What is used for @p Peer without options: raw bytes for `byte_stream`, `delimited` messages.
  template <class Peer>
  static dial_options of() {
    dial_options options;
    if constexpr (std::is_same_v<Peer, byte_stream>)
      options.stream.framing = net::framing::raw;
    return options;
  }
};

}  // namespace actornet

#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actornet/net/filter.hpp"
#include "libnet/framing_checks.hpp"

namespace actornet {

/// A client's filter and a server's with a wire between them, on which bytes come in pieces.
struct filter_pair {
  using bytes = std::vector<std::byte>;

  struct end {
    std::unique_ptr<net::filter> filter;
    net::filter::outcome last{};
    std::string plain{};  ///< what came out
    bytes wire{};         ///< what it has to say
  };

  filter_pair(std::unique_ptr<net::filter> of_client, std::unique_ptr<net::filter> of_server,
              std::size_t piece_bytes = 1'000'000)
      : client{std::move(of_client)}, server{std::move(of_server)}, piece(piece_bytes) {
    client.filter->begin(client.wire);
    server.filter->begin(server.wire);
    run();
  }

  /// Until both have nothing to say any more.
  void run() {
    while (!client.wire.empty() || !server.wire.empty()) {
      pass(client, server);
      pass(server, client);
    }
  }

  void say(end& by, std::string_view message) {
    const std::string framed =
        net::framing_checks::on_the_wire(net::framing::delimited, std::string(message));
    by.filter->sending(net::framing_checks::bytes_of(framed), by.wire);
    run();
  }

  void finish(end& by, errc reason = errc::closed_locally) {
    by.filter->ending(reason, by.wire);
    run();
  }

  end client;
  end server;
  const std::size_t piece;

 private:
  void pass(end& from, end& to) {
    const bytes all = std::exchange(from.wire, {});
    for (std::size_t at = 0; at < all.size(); at += piece)
      show(to, std::span(all).subspan(at, std::min(piece, all.size() - at)));
  }

  static void show(end& to, std::span<const std::byte> some) {
    if (to.last.state != net::filter::status::ok)
      return;
    bytes plain;
    to.last = to.filter->received(some, plain, to.wire);
    while (to.last.state == net::filter::status::ok && to.filter->has_more())
      to.last = to.filter->received({}, plain, to.wire);
    to.plain += net::framing_checks::text_of(plain);
  }
};

}  // namespace actornet

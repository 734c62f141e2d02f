#pragma once

#include "actornet/net/backend.hpp"

namespace actornet::sim {

/// Base of backends for loops without a world: no sockets, no events, and nothing to wait for.
/// Clock and randomness are for the derived class to say.
class socketless_backend : public net::backend {
 public:
  void poll() override {}
  void wait(net::time_point) override {}
  void wake() override {}
  void bind(net::loop&) override {}
  result<std::unique_ptr<net::listening_socket>> listen(const net::endpoint&,
                                                        const net::socket_options&) override {
    return errc::address_invalid;
  }
  std::unique_ptr<net::connecting_socket> connect(const net::endpoint&, const net::socket_options&,
                                                  net::connecting_socket::connected) override {
    return nullptr;
  }
  result<std::vector<net::endpoint>> resolve(const net::endpoint&) override {
    return errc::name_not_found;
  }
};

}  // namespace actornet::sim

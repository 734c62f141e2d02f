#pragma once

#include <string>

#include "actornet/dial_options.hpp"
#include "actornet/net/endpoint.hpp"

namespace actornet::talk {

/// How to dial @p server: WebSocket with protobuf in binary messages, TLS, as its URI says.
/// @p ca_file: see `tls::client_options::roots_file`. Throws what `tls::client` and
/// `web::websocket_client` throw.
dial_options dialing_of(const net::endpoint& server, const std::string& ca_file);

}  // namespace actornet::talk

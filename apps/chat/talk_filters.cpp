#include "talk_filters.hpp"

#include "actornet/tls/client.hpp"
#include "actornet/web/websocket_client.hpp"

namespace actornet::talk {

namespace {

constexpr std::uint32_t event_bytes_max = 256 * 1024;
constexpr const char* usual_path = "/ws";

std::string host_of(const net::endpoint& server) {
  const bool is_v6 = server.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + server.host + "]" : server.host) + ":" + std::to_string(server.port);
}

net::client_filter websocket_to(const net::endpoint& server) {
  web::websocket_client_options options;
  options.protocols = {{"actornet.chat.v1.protobuf", net::websocket_rules::data::binary}};
  options.message_bytes_max = event_bytes_max;
  options.host = host_of(server);
  options.target = server.path.empty() ? usual_path : server.path;
  return web::websocket_client(std::move(options));
}

}  // namespace

dial_options dialing_of(const net::endpoint& server, const std::string& ca_file) {
  dial_options options;
  options.stream.frame_bytes_max = event_bytes_max;
  options.stream.idle_timeout = {};  // Ping and Pong are the client's
  switch (server.speaks) {
    case net::endpoint::protocol::plain:
    case net::endpoint::protocol::http:
      break;
    case net::endpoint::protocol::ws:
      options.filter = websocket_to(server);
      break;
    case net::endpoint::protocol::tls:
      options.filter = tls::client({.roots_file = ca_file}).filters(server.host);
      break;
    case net::endpoint::protocol::wss:
      options.filter =
          tls::client({.roots_file = ca_file}).filters(server.host, websocket_to(server));
      break;
  }
  return options;
}

}  // namespace actornet::talk

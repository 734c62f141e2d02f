#include "server.hpp"

#include "actornet/cluster/memory_bus.hpp"
#include "actornet/history_nats/nats_history.hpp"
#include "actornet/history_sqlite/sqlite_history.hpp"
#include "actornet/log.hpp"
#include "actornet/nats/nats_bus.hpp"
#include "actornet/net/process_clock.hpp"
#include "actornet/rooms/memory_history.hpp"
#include "actornet/tls/tls.hpp"
#include "actornet/web/web_filter.hpp"
#include "chat_metrics.hpp"
#include "common/admin_server.hpp"
#include "pages.hpp"
#include "session.hpp"

namespace actornet::chat {

namespace {

using filter_factory = std::function<std::unique_ptr<net::filter>()>;

constexpr const char* websocket_path = "/ws";

std::int64_t unix_ms() {
  return net::system_wall_time().time_since_epoch().count();
}

std::unique_ptr<rooms::history> history_of(runtime& rt, const options& chosen) {
  const auto epoch = static_cast<std::uint64_t>(unix_ms());
  if (chosen.history_db.empty())
    return std::make_unique<rooms::memory_history>(epoch);
  rooms::sqlite_history_options kept;
  kept.survives_power_loss = chosen.survive_power_loss;
  net::loop& home = rt.loops().at(0);
  return std::make_unique<rooms::sqlite_history>(chosen.history_db, epoch, home, *home.blocking(),
                                                 kept);
}

cluster::node_info this_node(net::loop& home, const options& chosen) {
  const std::uint64_t boot = home.random() | 1;
  std::string name = chosen.node.empty() ? "chat-" + std::to_string(boot) : chosen.node;
  return {.name = std::move(name), .boot = boot, .kind = "chat", .version = {}};
}

room_backends in_a_cluster(runtime& rt, const options& chosen) {
  nats::connection_options how;
  how.servers = chosen.cluster;
  how.name = "actornet-chat-server";
  how.tls = {chosen.cluster_tls_ca, chosen.cluster_tls_certificate, chosen.cluster_tls_key};
  net::loop& home = rt.loops().at(0);
  const auto over = std::make_shared<nats::connection>(home, *home.blocking(), how);
  nats::nats_history_options kept;
  kept.replicas = chosen.cluster_replicas;
  room_backends made{over, std::make_unique<nats::nats_bus>(*over),
                     std::make_unique<nats::nats_history>(*over, kept), nullptr};
  made.nodes = std::make_unique<cluster::nodes>(home, *made.bus, this_node(home, chosen));
  return made;
}

room_backends backends_of(runtime& rt, const options& chosen) {
  if (!chosen.cluster.empty())
    return in_a_cluster(rt, chosen);
  return {nullptr, std::make_unique<cluster::memory_bus>(), history_of(rt, chosen), nullptr};
}

std::optional<auth::verifier> verifier_of(const options& chosen) {
  if (chosen.auth == admission_by::none)
    return std::nullopt;
  auth::verifier_options what;
  for (const std::string& text : chosen.jwt_keys)
    what.keys.push_back(auth::parse_key_source(text));
  what.issuer = chosen.jwt_issuer;
  what.audience = chosen.jwt_audience;
  return auth::verifier(std::move(what));
}

std::optional<tls::server> secure_server(const options& chosen) {
  if (chosen.tls_certificate.empty())
    return std::nullopt;
  return tls::server({.certificate_file = chosen.tls_certificate,
                      .private_key_file = chosen.tls_key,
                      .client_roots_file = chosen.tls_client_roots});
}

// What all listeners share.
struct front {
  explicit front(const options& chosen) : secure(secure_server(chosen)) {}

  const std::shared_ptr<web::web_counters> counters = std::make_shared<web::web_counters>();
  const std::optional<tls::server> secure;
};

filter_factory web_filters(const options& chosen, const front& of) {
  web::web_options web;
  web.counters = of.counters;
  web.on_request = page_at;
  web.websocket.emplace();
  web.websocket->path = websocket_path;
  web.websocket->origins = chosen.origins;
  web.websocket->protocols = {{"actornet.chat.v1.json", net::websocket_rules::data::text},
                              {"actornet.chat.v1.protobuf", net::websocket_rules::data::binary}};
  web.websocket->message_bytes_max = chosen.limits.command_bytes_max;
  return web::web_filter(std::move(web));
}

filter_factory filters_of(const net::endpoint& where, const filter_factory& web,
                          const std::optional<tls::server>& secure) {
  switch (where.speaks) {
    case net::endpoint::protocol::plain:
      return {};
    case net::endpoint::protocol::tls:
      return secure->filters();
    case net::endpoint::protocol::wss:
      return secure->filters(web);
    case net::endpoint::protocol::http:
    case net::endpoint::protocol::ws:
      break;
  }
  return web;
}

listen_options listener_of(const options& chosen) {
  listen_options listener;
  listener.stream.frame_bytes_max = chosen.limits.command_bytes_max;
  listener.stream.handshake_timeout = chosen.limits.hello_timeout;
  // A client that hears nothing asks after a heartbeat: who is silent for two is not there.
  listener.stream.idle_timeout = 2 * chosen.limits.heartbeat + std::chrono::seconds(5);
  // Room for one frame more: who is slow is told why he is closed.
  listener.stream.output_bytes_max = chosen.unsent_bytes_max + listener.stream.frame_bytes_max;
  listener.acceptor.connections_max = chosen.connections_max;
  listener.acceptor.connections_per_address_max = chosen.connections_per_address_max;
  listener.acceptor.sockets.send_buffer_bytes = chosen.send_buffer_bytes;
  return listener;
}

// What is less important waits for less.
rooms::slow_consumer_options slow_from(std::size_t unsent_bytes_max) {
  rooms::slow_consumer_options slow;
  slow.messages_bytes_max = unsent_bytes_max;
  for (std::size_t* each :
       {&slow.replay_bytes_max, &slow.presence_bytes_max, &slow.typing_bytes_max})
    *each = std::min(*each, unsent_bytes_max);
  return slow;
}

std::shared_ptr<service> service_of(runtime& rt, const options& chosen) {
  service_options options;
  options.limits = chosen.limits;
  options.rooms.slow = slow_from(chosen.unsent_bytes_max);
  options.rooms.leave_grace = std::chrono::seconds(2);  // most who are gone reconnect at once
  options.tokens = verifier_of(chosen);
  options.server_id = std::to_string(unix_ms());
  options.reconnect_spread = chosen.reconnect_spread;
  return std::make_shared<service>(rt.loops(), backends_of(rt, chosen), std::move(options));
}

void serve_admin_pages(runtime& rt, const options& chosen, const std::shared_ptr<service>& chat,
                       const front& listeners) {
  if (chosen.server.admin.empty())
    return;
  auto pages = std::make_unique<apps::admin_pages>(rt);
  pages->add_metrics([chat](apps::metrics_text& page) { write_chat_metrics(page, *chat); });
  pages->add_metrics([listeners](apps::metrics_text& page) {
    write_listener_metrics(page, *listeners.counters, listeners.secure);
  });
  net::endpoint where = apps::serve_admin(rt, chosen.server.admin, std::move(pages));
  where.speaks = net::endpoint::protocol::http;  // as one opens it
  log(log_level::info, "admin pages at " + net::to_string(where));
}

}  // namespace

void set_up(runtime& rt, const options& chosen) {
  const auto chat = service_of(rt, chosen);
  rt.keep(chat);
  const front listeners(chosen);
  const filter_factory web = web_filters(chosen, listeners);
  const auto serve = [chat](session::peer_type peer) -> task<> {
    session here(*chat, std::move(peer));
    co_await here.run();
  };
  for (const std::string& uri : chosen.server.listen) {
    listen_options listener = listener_of(chosen);
    if (const auto where = net::parse_endpoint(uri))
      listener.filter = filters_of(*where, web, listeners.secure);
    rt.listen(uri, serve, std::move(listener));
  }
  rt.on_reload([chat, again = listeners.secure]() mutable {
    if (again)
      again->reload();
    chat->reload();
  });
  serve_admin_pages(rt, chosen, chat, listeners);
  if (chat->open_to_all())
    log(log_level::warning,
        "OPEN TO ALL: whoever can connect may come, by any name; --auth jwt asks for tokens");
}

}  // namespace actornet::chat

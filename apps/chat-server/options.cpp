#include "options.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "actornet/cluster/nodes.hpp"
#include "actornet/net/endpoint.hpp"
#include "common/configuration.hpp"
#include "common/duration_option.hpp"

namespace actornet::chat {

namespace {

constexpr const char* schemes = "tcp://, tls://, ws://, wss:// host:port, or unix:///path";

constexpr std::size_t unsent_bytes_min = 4 * 1024;
constexpr std::size_t unsent_bytes_most = 16 * 1024 * 1024;

bool parse_number(std::string_view text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// `20` or `20:60`: so many a second, so many at once.
bool parse_rate(std::string_view text, net::rate_limit& limit) {
  const auto colon = text.find(':');
  net::rate_limit parsed_limit;
  if (!parse_number(text.substr(0, colon), parsed_limit.per_second))
    return false;
  parsed_limit.burst = std::max(1U, parsed_limit.per_second);
  if (colon != std::string_view::npos && !parse_number(text.substr(colon + 1), parsed_limit.burst))
    return false;
  limit = parsed_limit;
  return true;
}

void add_rate(CLI::App& app, const std::string& name, net::rate_limit& target,
              const std::string& help) {
  const auto take = [name, &target](const std::string& text) {
    if (!parse_rate(text, target))
      throw CLI::ValidationError(name, "'" + text + "' is not a rate such as 20 or 20:60");
  };
  app.add_option_function<std::string>(name, take, help + ": a second, and at once; 0 no limit")
      ->type_name("N[:N]")
      ->default_str(std::to_string(target.per_second) + ":" + std::to_string(target.burst));
}

void add_admission(CLI::App& app, options& values) {
  const auto take = [&values](const std::string& name) {
    if (name != "none" && name != "jwt")
      throw CLI::ValidationError("--auth", "'" + name + "' is not none or jwt");
    values.auth = name == "jwt" ? admission_by::jwt : admission_by::none;
  };
  app.add_option_function<std::string>(
         "--auth", take, "who may come: jwt, who has a token; none, everybody by any name")
      ->type_name("NAME");
  app.add_option("--jwt-key", values.jwt_keys,
                 "key that tokens are signed with: a PEM file or a secret, [KID=]FILE")
      ->type_name("FILE");
  app.add_option("--jwt-issuer", values.jwt_issuer, "tokens must be from this issuer")
      ->type_name("TEXT");
  app.add_option("--jwt-audience", values.jwt_audience, "tokens must be for this audience")
      ->type_name("TEXT");
}

// `embedded`, or `nats://host:port,host:port`; `tls://` is that with TLS.
std::string parse_cluster(const std::string& text, std::vector<std::string>& servers) {
  servers.clear();
  if (text == "embedded")
    return {};
  std::string scheme;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    std::string server = text.substr(at, end - at);
    at = end + 1;
    const std::size_t colon = server.find("://");
    if (colon != std::string::npos)
      scheme = server.substr(0, colon + 3);
    else
      server.insert(0, scheme);
    const bool names_host = server.size() > scheme.size();
    if ((scheme != "nats://" && scheme != "tls://") || !names_host)
      return "'" + text + "' is not embedded or nats://host:port,host:port";
    servers.push_back(std::move(server));
  }
  return {};
}

void add_cluster(CLI::App& app, options& values) {
  const auto take = [&values](const std::string& text) {
    if (const std::string wrong = parse_cluster(text, values.cluster); !wrong.empty())
      throw CLI::ValidationError("--cluster", wrong);
  };
  app.add_option_function<std::string>("--cluster", take,
                                       "share rooms with other servers: embedded, not at all; or "
                                       "the NATS servers (with JetStream) "
                                       "nats://host:port,host:port")
      ->type_name("embedded|URL,URL...");
  app.add_option("--node", values.node,
                 "this server's name in the cluster, the same after a restart; not given: any")
      ->type_name("NAME");
  app.add_option("--cluster-tls-ca", values.cluster_tls_ca,
                 "NATS servers must have a certificate of one of these, PEM")
      ->type_name("FILE");
  app.add_option("--cluster-tls-cert", values.cluster_tls_certificate,
                 "our certificate for NATS servers, PEM")
      ->type_name("FILE");
  app.add_option("--cluster-tls-key", values.cluster_tls_key, "its private key, PEM")
      ->type_name("FILE");
  app.add_option("--cluster-replicas", values.cluster_replicas,
                 "how many NATS servers keep each message; said by the first server that starts")
      ->check(CLI::Range(std::size_t{1}, std::size_t{5}).description(""))
      ->type_name("N");
}

void add_network(CLI::App& app, options& values) {
  app.add_option("--tls-cert", values.tls_certificate,
                 "certificate chain of tls:// and wss://, PEM")
      ->type_name("FILE");
  app.add_option("--tls-key", values.tls_key, "its private key, PEM")->type_name("FILE");
  app.add_option("--tls-client-roots", values.tls_client_roots,
                 "clients must have a certificate of one of these, PEM")
      ->type_name("FILE");
  app.add_option("--origin", values.origins,
                 "pages that may connect besides our own, as https://example.org; * is any")
      ->type_name("ORIGIN");
  app.add_option("--connections-max", values.connections_max,
                 "of each listener, at a time; 0 no limit")
      ->type_name("N");
  app.add_option("--connections-per-address", values.connections_per_address_max,
                 "of each listener, at a time; 0 no limit")
      ->type_name("N");
  app.add_option("--send-buffer", values.send_buffer_bytes, "the system's, of a connection")
      ->type_name("BYTES");
  app.add_option("--unsent-max", values.unsent_bytes_max,
                 "what may wait for a client; with more it is closed as a slow consumer")
      ->check(CLI::Range(unsent_bytes_min, unsent_bytes_most).description(""))
      ->type_name("BYTES");
}

void add_limits(CLI::App& app, options& values) {
  add_rate(app, "--rate-connection", values.limits.connection, "commands of a connection");
  add_rate(app, "--rate-user", values.limits.user, "messages of a user");
  add_rate(app, "--rate-address", values.limits.address, "Hellos and messages from an address");
  app.add_option("--text-max", values.limits.text_bytes_max, "longest message")
      ->check(CLI::Range(std::size_t{1}, std::size_t{8 * 1024}).description(""))
      ->type_name("BYTES");
  apps::add_duration(app, "--heartbeat", values.limits.heartbeat,
                     "a client that hears nothing for so long asks");
  apps::add_duration(app, "--reconnect-spread", values.reconnect_spread,
                     "after a drain clients come back within so long");
}

// -- what does not go together --------------------------------------------------------------------

bool uses_tls(const options& values) {
  return std::ranges::any_of(values.server.listen, [](const std::string& uri) {
    return uri.starts_with("tls:") || uri.starts_with("wss:");
  });
}

// Whom the system lets connect: only who is on this machine.
bool is_local(const std::string& uri) {
  const auto where = net::parse_endpoint(uri);
  return where && (where->kind == net::endpoint::scheme::local || where->host == "localhost" ||
                   where->host == "::1" || where->host.starts_with("127."));
}

std::string check_cluster(const options& values) {
  const bool files = !values.cluster_tls_ca.empty() || !values.cluster_tls_certificate.empty() ||
                     !values.cluster_tls_key.empty();
  if (values.cluster.empty() && (files || !values.node.empty()))
    return "--node, --cluster-tls-ca, --cluster-tls-cert and --cluster-tls-key are for --cluster "
           "nats://";
  if (values.node.size() > cluster::nodes::name_bytes_max)
    return "--node is too long";
  if (values.cluster_tls_certificate.empty() != values.cluster_tls_key.empty())
    return "--cluster-tls-cert and --cluster-tls-key go together";
  if (!values.cluster.empty() && !values.history_db.empty())
    return "--history-db is for a server alone: with --cluster nats:// messages are kept there";
  return {};
}

std::string check(options& values) {
  if (std::string wrong = check_cluster(values); !wrong.empty())
    return wrong;
  if (values.auth == admission_by::unsaid && !values.jwt_keys.empty())
    values.auth = admission_by::jwt;
  if (values.auth == admission_by::jwt && values.jwt_keys.empty())
    return "--auth jwt needs --jwt-key";
  if (values.auth == admission_by::none && !values.jwt_keys.empty())
    return "--jwt-key is for --auth jwt";
  for (const std::string& uri : values.server.listen)
    if (values.auth == admission_by::unsaid && !is_local(uri))
      return "--listen " + uri +
             " is open to other machines: say --auth jwt with --jwt-key, or --auth none to let "
             "everybody in";
  if (values.auth == admission_by::unsaid)
    values.auth = admission_by::none;
  if (uses_tls(values) && (values.tls_certificate.empty() || values.tls_key.empty()))
    return "tls:// and wss:// need --tls-cert and --tls-key";
  return {};
}

}  // namespace

parsed parse(int argc, const char* const* argv) {
  parsed outcome;
  options& values = outcome.values;
  apps::configuration configuration("actornet-chat-server",
                                    "Chat server: rooms over WebSocket, TCP and TLS, and a page.");
  apps::add_server_options(configuration, values.server, schemes);
  CLI::App& app = configuration.app();
  app.add_option("--history-db", values.history_db,
                 "keep messages in this SQLite file; not given: in memory")
      ->type_name("FILE");
  app.add_flag("--survive-power-loss", values.survive_power_loss,
               "acknowledge a message when it is on the disk; else it survives the process only");
  add_cluster(app, values);
  add_admission(app, values);
  add_network(app, values);
  add_limits(app, values);
  configuration.add_check([&values] { return check(values); });
  const auto said =
      configuration.parse(argc, argv, [](const char* name) { return std::getenv(name); });
  if (!said.run())
    outcome.exit_code = said.print();
  return outcome;
}

}  // namespace actornet::chat

#pragma once

#include <string>
#include <vector>

#include "common/server_options.hpp"
#include "limits.hpp"

namespace actornet::chat {

/// Who may come.
enum class admission_by : std::uint8_t {
  unsaid,  ///< `jwt` with a key, else `none`, which then must be said unless only this machine can
           ///< connect
  none,    ///< everybody, by any name
  jwt,     ///< who has a token
};

/// What the command line, the environment and the file say.
struct options {
  apps::server_options server;
  std::string history_db;  ///< empty: in memory
  bool survive_power_loss = false;
  std::vector<std::string> cluster;  ///< URLs of NATS servers; empty: this process is alone
  std::string node;                  ///< this server's name there; empty: a random one
  std::string cluster_tls_ca;
  std::string cluster_tls_certificate;
  std::string cluster_tls_key;
  std::size_t cluster_replicas = 1;  ///< of each stream that keeps messages
  admission_by auth = admission_by::unsaid;
  std::vector<std::string> jwt_keys;
  std::string jwt_issuer;
  std::string jwt_audience;
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_client_roots;
  std::vector<std::string> origins;
  std::size_t connections_max = 0;
  std::size_t connections_per_address_max = 0;
  std::size_t send_buffer_bytes = 64 * 1024;
  std::size_t unsent_bytes_max = 192 * 1024;  ///< that wait for a client; above it is slow
  net::duration reconnect_spread = std::chrono::seconds(5);
  chat::limits limits;
};

/// What is to be done: run with `values`, or end with `exit_code` (0 or more); then everything has
/// been printed.
struct parsed {
  options values;
  int exit_code = -1;
};

parsed parse(int argc, const char* const* argv);

}  // namespace actornet::chat

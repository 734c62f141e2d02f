#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "actornet/log.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/runtime.hpp"
#include "configuration.hpp"

namespace actornet::apps {

/// What every server program can be told.
struct server_options {
  std::vector<std::string> listen;  ///< URIs; the program says which schemes
  std::string admin;                ///< URI of the admin pages; empty: none
  std::size_t loops = 0;            ///< 0: one per core
  log_level level = log_level::info;
  net::duration drain_timeout = std::chrono::seconds(10);

  runtime_options of_runtime() const;
};

/// Adds `--listen` (required, several; @p schemes for its help), `--admin`, `--loops`,
/// `--log-level`, `--drain-timeout`. @p values must outlive @p to.
void add_server_options(configuration& to, server_options& values, const std::string& schemes);

}  // namespace actornet::apps

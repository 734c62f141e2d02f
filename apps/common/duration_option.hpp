#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "actornet/net/clock.hpp"

namespace actornet::apps {

/// An option that takes a duration such as `500ms`; its default is what @p target holds now, which
/// must outlive @p app's parse. A mistake is one clear line.
CLI::Option* add_duration(CLI::App& app, const std::string& name, net::duration& target,
                          const std::string& help);

/// As `net::parse_duration` reads it: `5m`, `1500ms`, `0`.
std::string duration_text(net::duration value);

}  // namespace actornet::apps

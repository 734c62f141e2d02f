#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actornet/net/endpoint.hpp"
#include "talk_client.hpp"

namespace actornet::talk {

/// What the command line says.
struct talk_options {
  static constexpr std::uint32_t history_max = 500;

  std::string uri = "ws://127.0.0.1:7412/ws";
  net::endpoint server;
  std::string token_file;  ///< empty: none
  std::string ca_file;     ///< empty: the system's roots
  bool json = false;
  talk_settings settings;
};

struct parsed_options {
  talk_options values;
  int exit_code = -1;  ///< not negative: end with it; everything has been printed
};

parsed_options parse_options(int argc, const char* const* argv);

}  // namespace actornet::talk

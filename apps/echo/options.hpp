#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actornet/net/clock.hpp"
#include "actornet/net/framing.hpp"

namespace actornet::echo {

/// How a connection is served.
enum class style : std::uint8_t {
  session,  ///< one task per connection, frames in, frames out
  actor,    ///< each frame travels to the one actor of the loop and back
  typed,    ///< protobuf messages travel to the one typed actor of the loop and back
};

/// The command line of actornet-echo.
struct options {
  std::vector<std::string> listen;
  net::framing framing = net::framing::raw;
  style serve = style::session;
  std::size_t loops = 0;
  std::uint32_t frame_bytes_max = 64 * 1024;
  net::duration idle_timeout = std::chrono::minutes(5);
  net::duration read_timeout = std::chrono::seconds(30);
  net::duration drain_timeout = std::chrono::seconds(10);
  std::size_t connections_max = 0;
};

/// What the command line came to: options to run with, or the exit code to end with at once
/// (`--help`, `--version`: 0; a mistake: 2, after one line on standard error).
struct parsed {
  options values;
  int exit_code = -1;  ///< -1: run
};

parsed parse(int argc, const char* const* argv);

}  // namespace actornet::echo

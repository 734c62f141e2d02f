#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "actornet/net/clock.hpp"
#include "actornet/net/endpoint.hpp"
#include "actornet/net/framing.hpp"

namespace actornet::load {

/// What the command line asks for.
struct load_options {
  static constexpr std::uint32_t connections_max = 1'000'000;
  static constexpr std::uint32_t payload_bytes_max = 16 * 1024 * 1024;
  static constexpr std::uint32_t depth_max = 65'536;
  static constexpr std::uint32_t depth_of_open_loop = 1'024;
  static constexpr std::uint64_t window_bytes_max = 64 * 1024 * 1024;  ///< size x depth
  static constexpr std::uint64_t in_flight_max = 16 * 1024 * 1024;     ///< active x depth

  std::string uri;
  net::endpoint target;
  std::uint32_t connections = 1;
  std::uint32_t active = 1;  ///< of them that exchange messages; the rest sends one and is idle
  std::uint32_t payload_bytes = 64;
  std::uint32_t depth = 1;  ///< messages in flight of a connection, at most
  bool burst = false;       ///< send `depth` at once, the next when all are back
  double rate = 0;          ///< messages/s over all connections (open loop); 0: closed loop
  net::duration duration = std::chrono::seconds(5);
  net::framing framing = net::framing::raw;
  bool typed = false;
  std::optional<std::uint32_t> server_pid;
  std::string json_path;  ///< empty: none
  std::string svg_path;   ///< empty: none
  bool progress = false;

  bool open_loop() const noexcept { return rate > 0; }
};

/// Why there is nothing to do: `--help` (exit code 0, text for standard output) or a mistake
/// (exit code 2, one line for standard error).
struct options_refused {
  int exit_code = 2;
  std::string text;
};

/// Reads and checks a command line.
std::variant<load_options, options_refused> parse_options(int count, const char* const* arguments);

/// What is done, in a line: "64 B, raw, depth 1, 1,000 connections".
std::string describe(const load_options& options);

}  // namespace actornet::load

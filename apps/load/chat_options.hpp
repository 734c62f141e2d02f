#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actornet/net/clock.hpp"
#include "actornet/net/endpoint.hpp"
#include "load_options.hpp"

namespace actornet::load {

/// What the command line asks for with `--chat`.
struct chat_options {
  static constexpr std::uint32_t members_max = 1'000'000;
  static constexpr std::uint32_t rooms_max = 1'000'000;
  static constexpr std::uint32_t outstanding_max = 512;
  static constexpr std::uint32_t text_bytes_max = 32 * 1024;
  static constexpr std::size_t token_file_bytes_max = 16 * 1024 * 1024;

  std::string uri;
  net::endpoint target;
  std::string websocket_host;  ///< ws://: the field `Host`; empty: no WebSocket
  std::string websocket_path;  ///< ws://: path and query
  std::uint32_t members = 2;
  std::uint32_t members_from = 0;  ///< number of the first one: processes that share the work
  std::uint32_t rooms = 1;         ///< member n is in room n mod rooms
  std::string room_prefix = "load-";
  std::uint32_t stalled = 0;      ///< the last so many members do not read after they joined
  std::uint32_t publishers = 0;   ///< of each room, in turn; 0: all that read
  bool listen_only = false;       ///< nobody publishes
  double rate = 0;                ///< messages/s over all rooms (open loop); 0: closed loop
  std::uint32_t outstanding = 1;  ///< closed loop: of each room, not yet at all of its members
  std::uint32_t text_bytes = 128;
  net::duration warm_up = std::chrono::milliseconds(500);
  net::duration duration = std::chrono::seconds(5);
  std::vector<std::string> tokens;  ///< member n takes number n mod their count; empty: names
  std::optional<std::uint32_t> server_pid;
  std::string json_path;  ///< empty: none
  bool progress = false;

  bool open_loop() const noexcept { return rate > 0; }
  bool websocket() const noexcept { return !websocket_host.empty(); }
  bool stalls(std::uint32_t index) const noexcept { return index >= members - stalled; }
};

/// Reads and checks a command line that has `--chat`.
std::variant<chat_options, options_refused> parse_chat_options(int count,
                                                               const char* const* arguments);

/// What is done, in a line: "128 B to 1,000 members in 1 room, 4 messages/s".
std::string describe(const chat_options& options);

}  // namespace actornet::load

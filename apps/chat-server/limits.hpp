#pragma once

#include <cstddef>
#include <cstdint>

#include "actornet/net/clock.hpp"
#include "actornet/net/text_rules.hpp"
#include "actornet/net/token_bucket.hpp"

namespace actornet::chat {

/// What a chat server takes from its clients. Limits of rooms are `rooms::room_options`.
struct limits {
  std::uint32_t hello_bytes_max = 4 * 1024;     ///< of a command before Welcome
  std::uint32_t command_bytes_max = 64 * 1024;  ///< afterwards
  /// Of a message. As JSON it may become six times as long, and must fit in a frame then, too.
  std::size_t text_bytes_max = 8 * 1024;
  std::size_t id_bytes_max = 64;            ///< of a client's message id
  net::name_rules name;                     ///< of users, rooms and devices
  std::size_t rooms_max = 64;               ///< that a connection is in
  std::uint32_t replay_messages_max = 500;  ///< that a Join or ReadHistory may ask for
  std::size_t page_bytes_max = 32 * 1024;   ///< of the texts of a HistoryPage

  net::duration hello_timeout = std::chrono::seconds(10);  ///< connection to Welcome
  net::duration heartbeat = std::chrono::seconds(30);      ///< see Welcome.heartbeat_ms
  net::duration expiry_notice = std::chrono::seconds(60);  ///< Expiring before the token does

  net::rate_limit connection{50, 200};  ///< commands of a connection
  net::rate_limit user{20, 60};         ///< messages of a user
  net::rate_limit address{100, 400};    ///< Hellos and messages from an address (IPv6: /64)
};

}  // namespace actornet::chat

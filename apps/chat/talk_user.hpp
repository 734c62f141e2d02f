#pragma once

#include <string>
#include <string_view>

#include "actornet/net/clock.hpp"
#include "talk_client.hpp"

namespace actornet::talk {

class screen;

/// Who sits, or is piped, before the client: makes commands of bytes that come from standard input.
/// A person: lines of text and commands, from a keyboard by way of the screen's editor. A script:
/// lines of text, and JSON Commands. Loop-bound.
class talk_user {
 public:
  static constexpr std::size_t line_bytes_max = 64 * 1024;

  /// @p shown: null for a script. @p types: bytes are keys.
  talk_user(talk_client& client, screen* shown, bool types) noexcept
      : client_(client), screen_(shown), types_(types) {}

  void take(std::string_view bytes, net::time_point now);

  /// No more input comes: ends when everything is acknowledged, or after some time.
  void end(net::time_point now);

 private:
  void take_keys(std::string_view keys, net::time_point now);
  void take_line(std::string_view line, net::time_point now);
  void take_script_line(std::string_view line);
  void take_typed(std::string_view line, net::time_point now);
  void complain(const std::string& text);

  talk_client& client_;
  screen* screen_;
  const bool types_;
  bool over_ = false;
  bool too_long_ = false;  // the rest of the line is skipped
  std::string line_;       // the beginning of one
};

}  // namespace actornet::talk

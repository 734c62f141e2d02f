#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace actornet::talk {

/// What a line means that a person has typed.
struct typed_line {
  enum class meaning : std::uint8_t {
    nothing,  ///< only spaces
    text,     ///< to be published: `argument`
    join,     ///< a room: `argument`
    leave,    ///< a room, or the current one if `argument` is empty
    room,     ///< the one to be in from now on
    who,      ///< as leave
    history,  ///< `count` older messages, 0: as many as usual
    help,
    quit,
    mistake,  ///< `argument` says what is wrong
  };
  meaning what = meaning::nothing;
  std::string argument{};
  std::uint32_t count = 0;
};

/// Commands begin with a slash; a text that does is written with two.
typed_line read_typed(std::string_view line);

/// One line for each command.
std::string_view commands_help() noexcept;

}  // namespace actornet::talk

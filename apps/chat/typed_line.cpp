#include "typed_line.hpp"

#include <charconv>

namespace actornet::talk {

namespace {

using meaning = typed_line::meaning;

enum class takes : std::uint8_t { nothing, room, maybe_room, maybe_count };

struct command {
  std::string_view name;
  meaning what;
  takes argument;
};

constexpr command commands[] = {
    {"join", meaning::join, takes::room},
    {"leave", meaning::leave, takes::maybe_room},
    {"room", meaning::room, takes::room},
    {"who", meaning::who, takes::maybe_room},
    {"history", meaning::history, takes::maybe_count},
    {"help", meaning::help, takes::nothing},
    {"quit", meaning::quit, takes::nothing},
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

typed_line mistake(std::string text) {
  return {meaning::mistake, std::move(text)};
}

typed_line with_count(const command& known, std::string_view argument) {
  typed_line read{known.what};
  if (argument.empty())
    return read;
  const char* const end = argument.data() + argument.size();
  const auto [stopped, error] = std::from_chars(argument.data(), end, read.count);
  if (error != std::errc() || stopped != end || read.count == 0)
    return mistake("/history takes a number, as in /history 50");
  return read;
}

typed_line with_argument(const command& known, std::string_view argument) {
  if (known.argument == takes::maybe_count)
    return with_count(known, argument);
  const std::string name = "/" + std::string(known.name);
  if (known.argument == takes::nothing && !argument.empty())
    return mistake(name + " stands alone");
  if (known.argument == takes::room && argument.empty())
    return mistake(name + " needs the name of a room");
  return {known.what, std::string(argument)};
}

}  // namespace

typed_line read_typed(std::string_view line) {
  const std::string_view text = trimmed(line);
  if (text.empty())
    return {};
  if (text.front() != '/')
    return {meaning::text, std::string(text)};
  if (text.starts_with("//"))
    return {meaning::text, std::string(text.substr(1))};
  const std::size_t space = text.find(' ');
  const std::string_view name = text.substr(1, space - 1);
  for (const command& known : commands)
    if (known.name == name)
      return with_argument(known,
                           space == text.npos ? std::string_view() : trimmed(text.substr(space)));
  return mistake("no such command: /" + std::string(name) + "; /help shows all");
}

std::string_view commands_help() noexcept {
  return "/join ROOM  come into a room\n"
         "/leave [ROOM]  leave it\n"
         "/room ROOM  write to another room\n"
         "/who [ROOM]  who is there\n"
         "/history [N]  older messages\n"
         "/quit  end\n"
         "//text  a text that begins with /";
}

}  // namespace actornet::talk

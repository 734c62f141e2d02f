#include "talk_options.hpp"

#include <CLI/CLI.hpp>

#include "actornet/net/text_rules.hpp"
#include "actornet/version.hpp"
#include "common/command_line.hpp"

namespace actornet::talk {

namespace {

constexpr char purpose[] =
    "Chat in a terminal: lines are published to the current room, /help shows the commands. "
    "With --json for scripts: an event a line on standard output, texts or commands on standard "
    "input.";

constexpr char notes[] =
    "Exit code 0; 2 if it cannot begin; 3 if messages were not acknowledged; 4 if the server "
    "refuses the name or the token.";

void declare(CLI::App& app, talk_options& values) {
  app.add_option("server", values.uri,
                 "ws://, wss://, tcp:// or tls:// HOST:PORT, or unix:///PATH (" + values.uri + ")")
      ->type_name("URI");
  app.add_option("--name", values.settings.name, "Who you are, where the server asks for no token")
      ->type_name("NAME");
  app.add_option("--token-file", values.token_file,
                 "A token (JWT); read again when it is about to expire")
      ->type_name("FILE");
  app.add_option("--room", values.settings.rooms, "A room to be in, several times (lobby)")
      ->allow_extra_args(false)
      ->type_name("ROOM");
  app.add_flag("--json", values.json, "For scripts: JSON lines out, no terminal codes");
  app.add_option("--ca", values.ca_file, "Whose certificates servers must have, PEM (the system's)")
      ->type_name("FILE");
  app.add_option("--history", values.settings.history,
                 "Newest messages of a room to begin with (20)")
      ->check(CLI::Range(std::uint32_t{0}, talk_options::history_max).description(""))
      ->type_name("N");
}

void check_name(const char* what, const std::string& name) {
  const net::text_fault fault = net::check_name(name);
  if (fault != net::text_fault::none)
    throw CLI::ValidationError(what, std::string("the name is ") + net::describe(fault));
}

void check(talk_options& values) {
  talk_settings& settings = values.settings;
  const auto server = net::parse_endpoint(values.uri);
  if (!server || server->speaks == net::endpoint::protocol::http)
    throw CLI::ValidationError("'" + values.uri + "' is not a URI such as ws://127.0.0.1:7412/ws");
  values.server = *server;
  if (settings.name.empty() == values.token_file.empty())
    throw CLI::ValidationError("either --name or --token-file says who you are");
  if (!settings.name.empty())
    check_name("--name", settings.name);
  if (settings.rooms.empty())
    settings.rooms.push_back("lobby");
  if (settings.rooms.size() > talk_client::rooms_max)
    throw CLI::ValidationError("--room", "more than " + std::to_string(talk_client::rooms_max));
  for (const std::string& room : settings.rooms)
    check_name("--room", room);
  settings.renews_token = !values.token_file.empty();
}

}  // namespace

parsed_options parse_options(int argc, const char* const* argv) {
  parsed_options outcome;
  CLI::App app(purpose, "actornet-chat");
  app.footer(notes);
  app.set_version_flag("--version", std::string("actornet-chat ") + version);
  declare(app, outcome.values);
  outcome.exit_code =
      apps::parse_command_line(app, argc, argv, [&outcome] { check(outcome.values); });
  return outcome;
}

}  // namespace actornet::talk

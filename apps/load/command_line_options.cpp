#include "command_line_options.hpp"

#include <CLI/CLI.hpp>

#include "actornet/net/duration.hpp"
#include "actornet/version.hpp"

namespace actornet::load {

namespace {

// One line is what a mistake is worth.
std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

options_refused mistake(const std::string& text) {
  return {2, "actornet-load: " + text + "; see --help\n"};
}

std::optional<options_refused> read_command_line(CLI::App& app, int count,
                                                 const char* const* arguments) {
  app.set_version_flag("--version", std::string("actornet-load ") + version);
  app.set_help_flag("--help", "Print this help");
  try {
    app.parse(count, arguments);
  } catch (const CLI::CallForHelp&) {
    return options_refused{0, app.help()};
  } catch (const CLI::CallForVersion& call) {
    return options_refused{0, std::string(call.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return mistake(first_line(error.what()));
  }
  return std::nullopt;
}

std::string read_target(const std::string& uri, net::endpoint& into) {
  if (uri.empty())
    return "--connect URI is missing";
  const auto target = net::parse_endpoint(uri);
  if (!target || target->speaks != net::endpoint::protocol::plain)
    return "--connect: '" + uri + "' is not an endpoint such as tcp://127.0.0.1:7411";
  into = *target;
  if (target->kind == net::endpoint::scheme::tcp && target->port == 0)
    return "--connect: '" + uri + "' names no port";
  return {};
}

std::string read_duration(const std::string& option, const std::string& text, net::duration& into) {
  const auto duration = net::parse_duration(text);
  if (!duration || *duration <= net::duration::zero())
    return option + ": '" + text + "' is not a duration such as 500ms, 5s, 2m";
  into = *duration;
  return {};
}

}  // namespace actornet::load

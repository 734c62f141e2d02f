#pragma once

#include <optional>
#include <string>

#include "load_options.hpp"

namespace CLI {
class App;
}

namespace actornet::load {

/// Lets @p app read the command line. What came of it if that was no list of good options.
std::optional<options_refused> read_command_line(CLI::App& app, int count,
                                                 const char* const* arguments);

/// The refusal of a command line that is understood and wrong.
options_refused mistake(const std::string& text);

// What is wrong with an option's value, in a line; empty when it is right and stored.
std::string read_target(const std::string& uri, net::endpoint& into);
std::string read_duration(const std::string& option, const std::string& text, net::duration& into);

}  // namespace actornet::load

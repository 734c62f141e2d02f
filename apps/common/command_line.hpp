#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace actornet::apps {

/// Parses with @p app, then runs @p check, which may throw `CLI::ParseError`: -1, go on. Otherwise
/// everything was printed and this is the exit code: 0 after `--help` and `--version`, 2 after a
/// mistake, one line on standard error.
int parse_command_line(CLI::App& app, int argc, const char* const* argv,
                       const std::function<void()>& check);

}  // namespace actornet::apps

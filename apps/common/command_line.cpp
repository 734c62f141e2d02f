#include "common/command_line.hpp"

#include <cstdio>

namespace actornet::apps {

int parse_command_line(CLI::App& app, int argc, const char* const* argv,
                       const std::function<void()>& check) {
  constexpr int exit_usage = 2;
  try {
    app.parse(argc, argv);
    check();
  } catch (const CLI::Success& wanted) {
    return app.exit(wanted);
  } catch (const CLI::ParseError& mistake) {
    std::fprintf(stderr, "error: %s (see --help)\n", mistake.what());
    return exit_usage;
  }
  return -1;
}

}  // namespace actornet::apps

#include <cinttypes>
#include <cstdio>

#include "echo.hpp"

int main(int argc, char** argv) {
  const auto command_line = actornet::echo::parse(argc, argv);
  if (command_line.exit_code >= 0)
    return command_line.exit_code;
  const auto& chosen = command_line.values;
  actornet::runtime_options options;
  options.loops = chosen.loops;
  options.drain_timeout = chosen.drain_timeout;
  actornet::echo::stations counted;
  const int code = actornet::run_main(
      [&](actornet::runtime& rt) { actornet::echo::set_up(rt, chosen, counted); }, options);
  if (code != 2 && chosen.serve != actornet::echo::style::session)
    std::printf("decoded %" PRIu64 " handled %" PRIu64 " encoded %" PRIu64 "\n",
                counted.decoded.load(), counted.handled.load(), counted.encoded.load());
  return code;
}

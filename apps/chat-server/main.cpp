#include "common/log_lines.hpp"
#include "options.hpp"
#include "server.hpp"

int main(int argc, char** argv) {
  const auto command_line = actornet::chat::parse(argc, argv);
  if (command_line.exit_code >= 0)
    return command_line.exit_code;
  const auto& chosen = command_line.values;
  actornet::apps::log_from(chosen.server.level);
  return actornet::run_main([&](actornet::runtime& rt) { actornet::chat::set_up(rt, chosen); },
                            chosen.server.of_runtime());
}

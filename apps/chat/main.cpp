#include "talk_program.hpp"

int main(int argc, char** argv) {
  const auto command_line = actornet::talk::parse_options(argc, argv);
  if (command_line.exit_code >= 0)
    return command_line.exit_code;
  return actornet::talk::run_program(command_line.values);
}

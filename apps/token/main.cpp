#include "token_program.hpp"

int main(int argc, char** argv) {
  const auto command_line = actornet::token::parse(argc, argv);
  return command_line.exit_code >= 0 ? command_line.exit_code
                                     : actornet::token::run_program(command_line.values);
}

#include <cstdio>

#include "load_program.hpp"

int main(int argc, char** argv) {
  const auto parsed = actornet::load::parse_options(argc, argv);
  if (const auto* refused = std::get_if<actornet::load::options_refused>(&parsed)) {
    std::fputs(refused->text.c_str(), refused->exit_code == 0 ? stdout : stderr);
    return refused->exit_code;
  }
  return actornet::load::run_program(std::get<actornet::load::load_options>(parsed));
}

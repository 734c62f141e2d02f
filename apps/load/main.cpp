#include <cstdio>
#include <string_view>

#include "chat_program.hpp"
#include "load_program.hpp"

namespace {

using namespace actornet;

template <class Parsed, class Run>
int run(const Parsed& parsed, Run run_with) {
  if (const auto* refused = std::get_if<load::options_refused>(&parsed)) {
    std::fputs(refused->text.c_str(), refused->exit_code == 0 ? stdout : stderr);
    return refused->exit_code;
  }
  return run_with(std::get<0>(parsed));
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (argv[i] == std::string_view("--chat"))
      return run(load::parse_chat_options(argc, argv), load::run_chat_program);
  return run(load::parse_options(argc, argv), load::run_program);
}

// twins NAME: runs the program of that name. twins --list: prints the names.

#include <cstdio>

#include "twins.hpp"

namespace actornet::twins {
namespace {

const auto all_programs = {&channel_programs, &select_programs, &pattern_programs,
                           &worker_programs,  &cancel_programs, &loop_programs};
const auto all_servers = {&server_programs, &pool_programs};

task<int> run_program(program run, runtime& rt) {
  const auto ended = co_await with_scope([&](scope& go) { return run(rt, go); });
  co_return ended ? 0 : 1;
}

int list() {
  for (const auto* programs : all_programs)
    for (const auto& each : *programs)
      println(each.name);
  for (const auto* servers : all_servers)
    for (const auto& each : *servers)
      println(each.name);
  return 0;
}

int run(std::string_view name) {
  runtime_options two_loops;
  two_loops.loops = 2;
  for (const auto* programs : all_programs)
    for (const auto& each : *programs)
      if (each.name == name)
        return run_task([&](runtime& rt) { return run_program(each.run, rt); }, two_loops);
  for (const auto* servers : all_servers)
    for (const auto& each : *servers)
      if (each.name == name)
        return run_main(each.run, two_loops);
  std::fprintf(stderr, "error: no program of that name; --list shows them\n");
  return 2;
}

}  // namespace
}  // namespace actornet::twins

int main(int count, char** arguments) {
  const std::string_view name = count == 2 ? arguments[1] : "";
  return name == "--list" ? actornet::twins::list() : actornet::twins::run(name);
}

// Channels, select, tasks and small programs of them, for `scripts/bench`: `bench-flow NAME COUNT`
// runs one and prints a line of JSON. bench/peers/flow-go/main.go is the same in Go.

#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>

#include "programs.hpp"

namespace {

double process_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct entry {
  actornet::task<> (*run)(actornet::runtime&, long count);
  std::size_t loops;
};

const std::map<std::string, entry> programs = {
    {"ping_pong", {actornet::bench::ping_pong, 1}},
    {"stream", {actornet::bench::stream, 1}},
    {"stream_two_loops", {actornet::bench::stream_two_loops, 2}},
    {"stream_two_loops_many", {actornet::bench::stream_two_loops_many, 2}},
    {"select", {actornet::bench::select_of_four, 1}},
    {"spawn", {actornet::bench::spawn_and_finish, 1}},
    {"parked", {actornet::bench::parked, 1}},
    {"worker_pool", {actornet::bench::worker_pool, 2}},
    {"pipeline", {actornet::bench::pipeline, 2}},
    {"pipeline_two_loops", {actornet::bench::pipeline_two_loops, 2}},
    {"fan_in", {actornet::bench::fan_in, 2}},
    {"fan_in_two_loops", {actornet::bench::fan_in_two_loops, 2}},
};

}  // namespace

int main(int count, char** arguments) {
  const auto found = count == 3 ? programs.find(arguments[1]) : programs.end();
  if (found == programs.end()) {
    std::fprintf(stderr, "usage: bench-flow NAME COUNT; names:");
    for (const auto& [name, program] : programs)
      std::fprintf(stderr, " %s", name.c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  const long items = std::atol(arguments[2]);
  actornet::runtime_options options;
  options.loops = found->second.loops;
  return actornet::run_task(
      [&](actornet::runtime& rt) -> actornet::task<int> {
        const auto began = std::chrono::steady_clock::now();
        const double cpu = process_cpu_ns();
        co_await found->second.run(rt, items);
        const std::chrono::duration<double, std::nano> elapsed =
            std::chrono::steady_clock::now() - began;
        std::printf("{\"real_ns\": %.2f, \"cpu_ns\": %.2f, \"bytes\": %.1f}\n",
                    elapsed.count() / static_cast<double>(items),
                    (process_cpu_ns() - cpu) / static_cast<double>(items),
                    actornet::bench::bytes_each());
        co_return 0;
      },
      options);
}

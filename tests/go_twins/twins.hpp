#pragma once

// Each program of this folder exists twice: here, and under the same name in go/. Both print the
// same; compare.py checks that. `go` is the scope that the program's tasks run in: it ends when all
// of them have ended.

#include <iostream>
#include <string_view>
#include <vector>

#include "actornet/flow/cancel.hpp"
#include "actornet/flow/channel.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"
#include "actornet/runtime.hpp"

namespace actornet::twins {

using namespace std::chrono_literals;

// -- printing as Go's fmt.Println -----------------------------------------------------------------

template <class Value>
void print(const Value& value) {
  std::cout << std::boolalpha << value;
}

template <class Value>
void print(const std::vector<Value>& values) {
  std::cout << '[';
  for (std::size_t i = 0; i < values.size(); ++i)
    std::cout << (i > 0 ? " " : "") << values[i];
  std::cout << ']';
}

template <class First, class... Rest>
void println(const First& first, const Rest&... rest) {
  print(first);
  ((std::cout << ' ', print(rest)), ...);
  std::cout << std::endl;
}

// -- the programs ---------------------------------------------------------------------------------

using program = task<> (*)(runtime& rt, scope& go);
using server = void (*)(runtime& rt);

template <class Run>
struct named {
  std::string_view name;
  Run run;
};

extern const std::vector<named<program>> channel_programs;
extern const std::vector<named<program>> select_programs;
extern const std::vector<named<program>> pattern_programs;
extern const std::vector<named<program>> worker_programs;
extern const std::vector<named<program>> cancel_programs;
extern const std::vector<named<program>> loop_programs;
extern const std::vector<named<server>> server_programs;
extern const std::vector<named<server>> pool_programs;

}  // namespace actornet::twins

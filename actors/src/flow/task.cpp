#include "actornet/flow/task.hpp"

#include <cstdio>
#include <cstdlib>

namespace actornet::detail {

void frame_is_misplaced() noexcept {
  std::fputs(
      "actornet: the compiler has misplaced the frame of a coroutine (g++ 12 does so when it has a "
      "co_await in the condition of an if or while, and no local variable): name the awaited "
      "result; see docs/tasks.md\n",
      stderr);
  std::abort();
}

}  // namespace actornet::detail

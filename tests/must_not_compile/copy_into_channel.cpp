// What can only be moved is not copied into a channel.
// good: std::move(mine)
// bad: mine
// expect: cannot bind rvalue reference of type .std::unique_ptr<int>&&. to lvalue
#include <memory>
#include <utility>

#include "actornet/flow/channel.hpp"
#include "actornet/flow/task.hpp"

actornet::task<> give(actornet::channel<std::unique_ptr<int>> to) {
  auto mine = std::make_unique<int>(1);
  (void)co_await to.send(TOKEN);
}

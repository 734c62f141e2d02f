// A read that nobody awaits has no result.
// good: co_await
// bad: __extension__
// expect: from .*read_operation. to .bool.
#include "actornet/byte_stream.hpp"
#include "actornet/flow/task.hpp"

actornet::task<> session(actornet::byte_stream peer) {
  while (auto frame = TOKEN peer.read()) {
  }
  co_return;
}

// A write that nobody awaits writes nothing.
// good: co_await
// bad: __extension__
// expect: co_await it
#include "actornet/byte_stream.hpp"
#include "actornet/flow/task.hpp"

#pragma GCC diagnostic error "-Wunused-result"

actornet::task<> session(actornet::byte_stream peer) {
  TOKEN peer.write("lost");
  co_return;
}

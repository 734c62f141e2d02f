// A select without alternatives would wait forever.
// good: feed.receive()
// bad: /**/
// expect: actornet: a select without alternatives would wait forever
#include "actornet/flow/channel.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/task.hpp"

actornet::task<> wait(actornet::channel<int> feed) {
  (void)co_await actornet::select(TOKEN);
}

// A session's connection carries protobuf messages, in both directions.
// good: google::protobuf::StringValue
// bad: int
// expect: template constraint failure
#include <google/protobuf/wrappers.pb.h>

#include "actornet/connection.hpp"
#include "actornet/runtime.hpp"

void set_up(actornet::runtime& rt) {
  rt.listen("tcp://127.0.0.1:0",
            [](actornet::connection<google::protobuf::StringValue, TOKEN>) -> actornet::task<> {
              co_return;
            });
}

// A connection sends messages of its `Out` type only.
// good: google::protobuf::StringValue
// bad: google::protobuf::Int32Value
// expect: this connection does not send messages of that type
#include <google/protobuf/wrappers.pb.h>

#include "actornet/connection.hpp"
#include "actornet/flow/task.hpp"

using google::protobuf::StringValue;

actornet::task<> session(actornet::connection<StringValue, StringValue> peer) {
  co_await peer.send(TOKEN());
}

// The actor of a connection gets messages of the connection's type only.
// good: google::protobuf::StringValue
// bad: google::protobuf::Int32Value
// expect: receiver does not accept given message
#include <google/protobuf/wrappers.pb.h>

#include "actornet/caf.hpp"

void tell(const actornet::connection_ref<google::protobuf::StringValue>& to) {
  caf::anon_send(actornet::as_actor(to), TOKEN());
}

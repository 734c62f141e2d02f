// A reference to a connection sends messages of its `Out` type only.
// good: google::protobuf::StringValue
// bad: google::protobuf::Int32Value
// expect: this connection does not send messages of that type
#include <google/protobuf/wrappers.pb.h>

#include "actornet/connection_ref.hpp"

void tell(const actornet::connection_ref<google::protobuf::StringValue>& to) {
  (void)to.send(TOKEN());
}

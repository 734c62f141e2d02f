// A typed actor gets the messages of its interface only.
// good: google::protobuf::StringValue
// bad: google::protobuf::Int32Value
// expect: receiver does not accept given message
#include <google/protobuf/wrappers.pb.h>

#include "actornet/caf.hpp"

void tell(const actornet::interface<void(google::protobuf::StringValue)>& to) {
  caf::anon_send(to, TOKEN());
}

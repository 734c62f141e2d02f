// A stream takes the replies of its method only.
// good: google::protobuf::StringValue
// bad: google::protobuf::Int32Value
// expect: invalid initialization of reference|no viable conversion|cannot convert
#include <google/protobuf/wrappers.pb.h>

#include "actornet/cluster/service.hpp"

void give(actornet::cluster::reply_sink<google::protobuf::StringValue>& items, const TOKEN& item) {
  (void)items.send(item);
}

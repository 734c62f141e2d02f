// A connection carries protobuf messages.
// good: google::protobuf::StringValue
// bad: std::string
// expect: template constraint failure
#include <google/protobuf/wrappers.pb.h>

#include "actornet/connection.hpp"

void serve(actornet::connection<TOKEN, google::protobuf::StringValue>&);

// Only protobuf messages are encoded.
// good: google::protobuf::StringValue
// bad: std::string
// expect: template constraint failure
#include <google/protobuf/wrappers.pb.h>

#include "actornet/connection_ref.hpp"

using message = actornet::encoded<TOKEN>;

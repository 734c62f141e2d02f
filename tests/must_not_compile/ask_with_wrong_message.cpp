// A task asks a typed actor with messages of its interface only.
// good: google::protobuf::StringValue
// bad: google::protobuf::Int32Value
// expect: this actor does not take messages of that type
#include <google/protobuf/wrappers.pb.h>

#include "actornet/caf_ask.hpp"

using length_of = actornet::interface<int(google::protobuf::StringValue)>;

auto question(const length_of& to) {
  return actornet::ask(to, TOKEN(), actornet::net::never);
}

// A connection belongs to one session.
// good: std::move(peer)
// bad: peer
// expect: use of deleted function .*connection
#include <google/protobuf/wrappers.pb.h>

#include "actornet/connection.hpp"

using google::protobuf::StringValue;
using connection = actornet::connection<StringValue, StringValue>;

connection pass(connection& peer) {
  return connection(TOKEN);
}

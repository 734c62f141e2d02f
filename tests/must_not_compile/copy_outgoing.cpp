// A dialed connection has one owner.
// good: std::move(peer)
// bad: peer
// expect: use of deleted function .*outgoing
#include "actornet/byte_stream.hpp"
#include "actornet/outgoing.hpp"

using client = actornet::outgoing<actornet::byte_stream>;

client pass(client& peer) {
  return client(TOKEN);
}

// A stream belongs to one session.
// good: std::move(peer)
// bad: peer
// expect: use of deleted function .*byte_stream
#include "actornet/byte_stream.hpp"

actornet::byte_stream pass(actornet::byte_stream& peer) {
  return actornet::byte_stream(TOKEN);
}

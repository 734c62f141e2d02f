// A chunk is a view that ends with the next read: it has one owner.
// good: std::move(frame)
// bad: frame
// expect: use of deleted function .*chunk
#include "actornet/byte_stream.hpp"

actornet::chunk pass(actornet::chunk& frame) {
  return actornet::chunk(TOKEN);
}

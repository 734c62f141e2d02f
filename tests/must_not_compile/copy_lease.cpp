// A lease gives its connection back once.
// good: std::move(lease)
// bad: lease
// expect: use of deleted function .*leased
#include "actornet/connection_pool.hpp"

using lease_of_bytes = actornet::leased<actornet::byte_stream>;

lease_of_bytes pass(lease_of_bytes& lease) {
  return lease_of_bytes(TOKEN);
}

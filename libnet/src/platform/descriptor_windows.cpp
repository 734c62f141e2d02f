#include "actornet/net/descriptor_watch.hpp"

namespace actornet::net {

result<descriptor> descriptor::copy_of(int) {
  return errc::unavailable;
}

descriptor::~descriptor() = default;

}  // namespace actornet::net

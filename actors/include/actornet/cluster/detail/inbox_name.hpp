#pragma once

#include <string>

#include "actornet/net/loop.hpp"

namespace actornet::cluster::detail {

/// A subject that nobody else has, by chance of the loop.
std::string inbox_name(net::loop& home);

}  // namespace actornet::cluster::detail

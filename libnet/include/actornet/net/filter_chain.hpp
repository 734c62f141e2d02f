#pragma once

#include <memory>

#include "actornet/net/filter.hpp"

namespace actornet::net {

/// Two filters as one: the socket's bytes go through @p outer (TLS), what comes out through @p
/// inner (WebSocket), and back.
std::unique_ptr<filter> chain(std::unique_ptr<filter> outer, std::unique_ptr<filter> inner);

}  // namespace actornet::net

#pragma once

#include <cstdint>
#include <string>

#include "actornet/net/endpoint.hpp"

namespace actornet::load {

/// Connections that come from one source address. An address has some 28,000 ports to offer for one
/// target (Linux's default), less those of connections that were closed in the last minute.
inline constexpr std::uint32_t connections_per_source = 4'000;

/// The address of 127.0.0.0/8 that connection @p index of @p total to @p target comes from:
/// 127.0.0.2 and following. Empty, so that the system chooses, when one address is enough or @p
/// target is not in 127.0.0.0/8.
std::string source_address(const net::endpoint& target, std::uint32_t index, std::uint32_t total);

}  // namespace actornet::load

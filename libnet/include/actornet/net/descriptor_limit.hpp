#pragma once

#include <cstddef>

namespace actornet::net {

/// Lets this process open as many descriptors (a connection is one) as the system allows without
/// privileges, and returns how many that are; `SIZE_MAX` where there is no such limit.
std::size_t raise_descriptor_limit() noexcept;

}  // namespace actornet::net

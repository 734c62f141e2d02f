#pragma once

#include <memory>
#include <string>

#include "admin_pages.hpp"

namespace actornet::apps {

/// Serves @p pages over HTTP at @p uri, on a loop of its own: pages neither wait for the loops of
/// @p rt nor hold them up, and are there until @p rt's drain is over, which then ends them. One
/// request a connection, at most `admin_connections_max` connections. Call it while @p rt is set
/// up; real sockets only. Returns where it listens; throws `std::system_error` when it cannot.
///
/// Who can connect can read: listen on the loopback, or where only operators can come.
net::endpoint serve_admin(runtime& rt, const std::string& uri, std::unique_ptr<admin_pages> pages);

inline constexpr std::size_t admin_connections_max = 64;

}  // namespace actornet::apps

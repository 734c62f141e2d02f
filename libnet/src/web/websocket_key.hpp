#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "actornet/web/web_filter.hpp"

namespace actornet::web {

/// A client's key of 16 bytes (RFC 6455, section 4.1), in base64.
std::string make_websocket_key(std::uint64_t one, std::uint64_t other);

/// Whether @p text is such a key.
bool is_websocket_key(std::string_view text);

}  // namespace actornet::web

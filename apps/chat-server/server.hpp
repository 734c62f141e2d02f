#pragma once

#include "actornet/runtime.hpp"
#include "options.hpp"

namespace actornet::chat {

/// Adds a chat server's listeners to @p rt, with everything they need. Throws when it cannot.
void set_up(runtime& rt, const options& chosen);

}  // namespace actornet::chat

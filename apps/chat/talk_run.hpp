#pragma once

#include <string>

#include "actornet/flow/channel.hpp"
#include "actornet/flow/task.hpp"
#include "talk_link.hpp"
#include "talk_user.hpp"

namespace actornet::talk {

inline constexpr int exit_setup = 2;
inline constexpr int exit_unacknowledged = 3;
inline constexpr int exit_refused = 4;

/// Talks until the client is over, or the task is to stop: keeps it connected and gives it what
/// comes from @p input, whose close is the end of input. Gives the exit code. No console here:
/// simulations run it as it is.
task<int> talk(talk_link& link, talk_user& user, channel<std::string> input);

}  // namespace actornet::talk

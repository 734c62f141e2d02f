#pragma once

#include <functional>
#include <string>
#include <system_error>

#include "actornet/dial_options.hpp"
#include "actornet/flow/channel.hpp"
#include "actornet/flow/task.hpp"
#include "talk_client.hpp"
#include "talk_output.hpp"

namespace actornet::talk {

/// A client and what connects it with its server.
struct talk_link {
  talk_client& client;
  talk_output& output;
  std::string uri;
  dial_options dialing;
  std::function<std::string()> read_token{};  ///< may block; gives an empty text if it cannot
  channel<int> changed{1};                    ///< the user wanted something
  std::error_code unreachable{};              ///< why the server cannot be dialed at all
};

/// Waits while much output waits to be written.
task<> wait_for_room(talk_output& output);

/// Keeps the client connected until it is over, or the server can never be dialed.
task<> keep_connected(talk_link& link);

}  // namespace actornet::talk

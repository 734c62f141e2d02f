#pragma once

#include <string>

#include "actornet/auth/verifier.hpp"

namespace actornet::token {

/// What @p token says, a line for each thing, and in the last line whether it is valid at @p now by
/// @p checks. Nothing of it can steer a terminal.
struct report {
  std::string text;
  bool valid = false;
};

report describe_token(const std::string& token, const auth::verifier& checks, net::wall_time now);

}  // namespace actornet::token

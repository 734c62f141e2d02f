#pragma once

#include "token_options.hpp"

namespace actornet::token {

/// Does what @p chosen asks for. The exit code: 0; 1 for a token that is not valid; 2 when it
/// cannot be done, after one line on standard error.
int run_program(const options& chosen);

}  // namespace actornet::token

#pragma once

#include "talk_options.hpp"

namespace actornet::talk {

/// Does what the options say, on standard input and output. Gives the exit code.
int run_program(const talk_options& options);

}  // namespace actornet::talk

#pragma once

#include "load_options.hpp"

namespace actornet::load {

/// Does what the options say, on the calling thread, with real sockets: runs the load, writes table
/// and files. Returns the exit code: 0; 1 when there was an error; 2 when it could not begin, after
/// one line on standard error.
int run_program(const load_options& options);

}  // namespace actornet::load

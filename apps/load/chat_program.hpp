#pragma once

#include "chat_options.hpp"

namespace actornet::load {

/// Does what the options say, as `run_program`. Returns the exit code: that of `run_program`, or 3
/// when messages were lost, doubled, reordered or changed.
int run_chat_program(const chat_options& options);

}  // namespace actornet::load

#pragma once

#include <string>

#include "actornet/runtime.hpp"
#include "metrics_text.hpp"

namespace actornet::apps {

/// What @p rt counts, its loops' cells summed up. From any thread, without a lock: the cells are
/// written by their loops and read by anybody, each exact, not all of one instant.
void write_runtime_metrics(metrics_text& page, runtime& rt);

/// A table of the loops, a line each, for people.
std::string loops_table(runtime& rt);

}  // namespace actornet::apps

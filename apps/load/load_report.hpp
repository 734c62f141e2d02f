#pragma once

#include <string>

#include "load_options.hpp"
#include "load_results.hpp"

namespace actornet::load {

/// The table for people, many lines.
std::string table_of(const load_options& options, const load_results& results);

/// One flat JSON object, a field a line. Microseconds in `*_us`; null where nothing was measured.
std::string json_of(const load_options& options, const load_results& results);

}  // namespace actornet::load

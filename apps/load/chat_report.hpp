#pragma once

#include <string>

#include "chat_options.hpp"
#include "chat_results.hpp"

namespace actornet::load {

/// The table for people, many lines.
std::string table_of(const chat_options& options, const chat_results& results);

/// One flat JSON object, a field a line. Microseconds in `*_us`; null where nothing was measured.
std::string json_of(const chat_options& options, const chat_results& results);

}  // namespace actornet::load

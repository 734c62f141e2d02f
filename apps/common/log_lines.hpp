#pragma once

#include <string_view>

#include "actornet/log.hpp"

namespace actornet::apps {

/// `debug`, `info`, `warning` or `error`.
const char* to_string(log_level level) noexcept;

/// False when @p name is none of them; @p level stays then.
bool parse_log_level(std::string_view name, log_level& level) noexcept;

/// Log lines from @p least on go to standard error as `level: text`, control characters in them as
/// `?`. For the whole process.
void log_from(log_level least) noexcept;

}  // namespace actornet::apps

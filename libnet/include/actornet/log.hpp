#pragma once

#include <cstdint>
#include <string_view>

namespace actornet {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// Receives each log line, without a line break; called from any thread, must not throw.
using log_sink = void (*)(log_level level, std::string_view line);

/// Replaces the sink for the whole process (an application's business, before `run`); null brings
/// back the default: warnings and errors to standard error.
void set_log_sink(log_sink sink) noexcept;

/// Passes @p line to the sink. Thread-safe.
void log(log_level level, std::string_view line) noexcept;

}  // namespace actornet

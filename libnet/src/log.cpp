#include "actornet/log.hpp"

#include <atomic>
#include <cstdio>
#include <string>

namespace actornet {

namespace {

void to_standard_error(log_level level, std::string_view line) {
  if (level < log_level::warning)
    return;
  // One write per line, so that lines of several threads do not mix.
  std::string text(level == log_level::error ? "error: " : "warning: ");
  text.append(line).push_back('\n');
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::atomic<log_sink> current_sink{to_standard_error};

}  // namespace

void set_log_sink(log_sink sink) noexcept {
  current_sink.store(sink ? sink : to_standard_error, std::memory_order_release);
}

void log(log_level level, std::string_view line) noexcept {
  current_sink.load(std::memory_order_acquire)(level, line);
}

}  // namespace actornet

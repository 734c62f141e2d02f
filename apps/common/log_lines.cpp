#include "log_lines.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <string>

namespace actornet::apps {

namespace {

constexpr log_level levels[] = {log_level::debug, log_level::info, log_level::warning,
                                log_level::error};

std::atomic<log_level> least_level{log_level::info};

void write(log_level level, std::string_view line) {
  if (level < least_level.load(std::memory_order_relaxed))
    return;
  // One write per line, so that lines of several threads do not mix.
  std::string text = std::string(to_string(level)) + ": ";
  text.append(line);
  // What a peer sent must neither make lines nor steer a terminal.
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  text.push_back('\n');
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

const char* to_string(log_level level) noexcept {
  switch (level) {
    case log_level::debug:
      return "debug";
    case log_level::info:
      return "info";
    case log_level::warning:
      return "warning";
    case log_level::error:
      return "error";
  }
  return "error";
}

bool parse_log_level(std::string_view name, log_level& level) noexcept {
  for (const log_level each : levels)
    if (name == to_string(each)) {
      level = each;
      return true;
    }
  return false;
}

void log_from(log_level least) noexcept {
  least_level.store(least, std::memory_order_relaxed);
  set_log_sink(write);
}

}  // namespace actornet::apps

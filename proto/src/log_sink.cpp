#include "actornet/proto/log_sink.hpp"

#include <google/protobuf/stubs/common.h>
#include <google/protobuf/stubs/logging.h>

#include <atomic>
#include <string>

namespace actornet::proto {

namespace {

std::atomic<log_sink> current_sink{nullptr};
std::atomic<std::uint64_t> message_count{0};

log_level level_of(google::protobuf::LogLevel level) noexcept {
  switch (level) {
    case google::protobuf::LOGLEVEL_INFO:
      return log_level::info;
    case google::protobuf::LOGLEVEL_WARNING:
      return log_level::warning;
    case google::protobuf::LOGLEVEL_ERROR:
      return log_level::error;
    case google::protobuf::LOGLEVEL_FATAL:
      break;  // protobuf then throws FatalException with the text
  }
  return log_level::fatal;
}

void on_protobuf_log(google::protobuf::LogLevel level, const char*, int, const std::string& text) {
  message_count.fetch_add(1, std::memory_order_relaxed);
  if (const log_sink sink = current_sink.load(std::memory_order_acquire))
    sink(level_of(level), text.c_str());
}

}  // namespace

log_sink set_log_sink(log_sink sink) noexcept {
  return current_sink.exchange(sink, std::memory_order_acq_rel);
}

std::uint64_t logged_messages() noexcept {
  return message_count.load(std::memory_order_relaxed);
}

void detail::route_protobuf_log() noexcept {
  google::protobuf::SetLogHandler(&on_protobuf_log);
}

}  // namespace actornet::proto

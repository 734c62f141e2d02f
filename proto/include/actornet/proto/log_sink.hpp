#pragma once

#include <cstdint>

namespace actornet::proto {

enum class log_level : std::uint8_t { info, warning, error, fatal };

/// Takes one complaint of the protobuf library; @p text is valid during the call only. Called on
/// the thread that uses protobuf, maybe on several at once. It must neither throw nor use protobuf,
/// and it must limit its own rate: a peer that sends bad messages causes one call for each.
using log_sink = void (*)(log_level level, const char* text) noexcept;

/// Replaces where protobuf's complaints go from now on, in the whole process; null is the default:
/// they are dropped. Returns the sink before. Thread-safe; the sink before may still be running.
///
/// protobuf knows one log handler. Linking the codec installs ours, before `main`; a program that
/// calls `google::protobuf::SetLogHandler` itself takes that back.
log_sink set_log_sink(log_sink sink) noexcept;

/// How many complaints there were, whether or not a sink took them. Thread-safe.
std::uint64_t logged_messages() noexcept;

namespace detail {
/// Makes protobuf log to the sink. Its handler is a plain variable: before threads start only.
void route_protobuf_log() noexcept;
}  // namespace detail

}  // namespace actornet::proto

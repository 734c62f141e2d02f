#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actornet/history_nats/nats_history.hpp"
#include "actornet/rooms/shared_log.hpp"

namespace actornet::nats::detail {

/// The names of a history in JetStream.
class stream_names {
 public:
  explicit stream_names(const nats_history_options& options)
      : space_(options.space), shards_(options.shards) {}

  /// Of which shard a channel is: FNV-1a, as in every node.
  std::size_t shard_of(std::string_view channel) const noexcept;

  std::string stream(std::size_t shard) const;
  std::string in(std::size_t shard, std::string_view token) const;   ///< what is stored
  std::string out(std::size_t shard, std::string_view token) const;  ///< what is told of it

 private:
  const std::string space_;
  const std::size_t shards_;
};

/// The configuration of a shard's stream, JSON.
std::string stream_configuration(const stream_names& names, std::size_t shard,
                                 const nats_history_options& options);

/// Whether the stream described in @p configuration (JSON) gives what a history needs.
bool suits(std::string_view configuration);

/// JetStream's own error in an answer: its `err_code`, 0 if there is none.
std::uint64_t error_of(std::string_view answer);

inline constexpr std::uint64_t error_no_message = 10037;
inline constexpr std::uint64_t error_name_in_use = 10058;  ///< by a stream of another configuration
inline constexpr std::uint64_t error_wrong_last = 10071;

/// What came of a publish with an expected last sequence. None: some other error.
std::optional<rooms::log_appended> outcome_of(std::string_view answer);

/// Decimal digits and nothing else.
std::optional<std::uint64_t> number_in(std::string_view digits);

/// `2026-11-27T19:21:32.534171355Z` (RFC 3339, UTC) in milliseconds of Unix time.
std::optional<std::int64_t> unix_ms_of(std::string_view date);

/// A number for a log that was made at @p date; never 0.
std::uint64_t log_number(std::string_view date) noexcept;

}  // namespace actornet::nats::detail

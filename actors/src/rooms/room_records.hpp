#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "actornet/rooms/message.hpp"
#include "actornet/rooms/shared_log.hpp"

namespace actornet::rooms::detail {

/// What a record of a shared log says; see room_log.proto.
struct room_record {
  std::uint64_t epoch = 0;
  std::uint64_t first = 1;   // offset of the first message, or of the next one
  std::uint64_t oldest = 0;  // number of the record from which on a reader must read
  std::uint64_t writer = 0;
  std::uint64_t commit = 0;
  std::vector<message_ref> messages{};

  /// The newest offset after this record.
  std::uint64_t last() const noexcept { return first - 1 + messages.size(); }
};

/// What is in @p from, a record of the log @p log. None: no writer of ours made it.
std::optional<room_record> decode_record(const log_record& from, std::uint64_t log);

net::shared_bytes encode_record(const room_record& what);

/// The record that begins a room.
net::shared_bytes encode_beginning(std::uint64_t writer, std::uint64_t commit);

}  // namespace actornet::rooms::detail

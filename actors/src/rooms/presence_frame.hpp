#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "actornet/net/output_queue.hpp"
#include "actornet/rooms/room_options.hpp"
#include "actornet/rooms/v1/presence.pb.h"

namespace actornet::rooms::detail {

using presence_frame = v1::PresenceFrame;

inline constexpr std::uint32_t presence_protocol = 1;
inline constexpr std::size_t presence_chunk_bytes = 32 * 1024;  ///< of names in a frame

/// On which subject frames about a room go.
std::string presence_subject(std::string_view room);

/// What a user counts for in a frame's hash: the same in every process and version.
std::uint64_t presence_hash(std::string_view user) noexcept;

net::shared_bytes encode_presence(const presence_frame& frame);

/// Empty: no frame, of another protocol, or with a name or number that cannot be.
std::optional<presence_frame> decode_presence(std::span<const std::byte> bytes,
                                              const room_options& limits);

}  // namespace actornet::rooms::detail

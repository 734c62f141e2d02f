#include "presence_frame.hpp"

#include <algorithm>
#include <string>

#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/nodes.hpp"
#include "actornet/proto/codec.hpp"

namespace actornet::rooms::detail {

namespace {

template <class Names>
bool names_fit(const Names& names, std::size_t bytes_max) {
  return std::ranges::all_of(names, [bytes_max](const std::string& each) {
    return !each.empty() && each.size() <= bytes_max;
  });
}

bool sensible(const presence_frame& frame, const room_options& limits) {
  constexpr std::size_t node_bytes_max = cluster::nodes::name_bytes_max;
  if (frame.protocol() != presence_protocol || frame.boot() == 0 || frame.life() == 0)
    return false;
  if (frame.node().empty() || frame.node().size() > node_bytes_max)
    return false;
  if (!names_fit(frame.wants(), node_bytes_max))
    return false;
  if (frame.has_changes())
    return frame.changes().from() < frame.version() &&
           names_fit(frame.changes().came(), limits.name_bytes_max) &&
           names_fit(frame.changes().left(), limits.name_bytes_max);
  if (frame.has_names())
    return frame.names().part() < frame.names().parts() &&
           names_fit(frame.names().names(), limits.name_bytes_max);
  return true;
}

}  // namespace

std::string presence_subject(std::string_view room) {
  return "rooms.presence." + std::string(room);
}

// FNV-1a, then the last step of splitmix64: sums of plain FNV values of like names meet too often.
std::uint64_t presence_hash(std::string_view user) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char each : user)
    hash = (hash ^ static_cast<unsigned char>(each)) * 0x100000001b3;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

net::shared_bytes encode_presence(const presence_frame& frame) {
  std::vector<std::byte> bytes(proto::encoded_size(frame));
  (void)proto::encode_to(frame, bytes);
  return net::shared_bytes::copy_of(bytes);
}

std::optional<presence_frame> decode_presence(std::span<const std::byte> bytes,
                                              const room_options& limits) {
  presence_frame frame;
  if (proto::decode(bytes, frame, cluster::bus::payload_bytes_max) != proto::codec_error::none ||
      !sensible(frame, limits))
    return {};
  return frame;
}

}  // namespace actornet::rooms::detail

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "actornet/cluster/v1/services.pb.h"
#include "actornet/errc.hpp"
#include "actornet/net/output_queue.hpp"

namespace actornet::cluster {

/// What both sides know of a service from its declaration. What it refers to must live forever.
struct service_shape {
  std::string_view name;  ///< of the declaration, with its package; the subject it is served at
  std::uint32_t shards = 0;
  const std::error_category* errors = nullptr;  ///< of its own errors; null: it has none
};

namespace detail {

inline constexpr std::uint32_t service_wire_version = 1;

/// Where requests for keys of @p shard, or without one, go.
std::string subject_of(std::string_view service, std::optional<std::uint32_t> shard);

/// @p message as a payload; over `bus::payload_bytes_max` the bus refuses it.
net::shared_bytes payload_of(const google::protobuf::MessageLite& message);

/// False: no encoding of such a message, or one of another version.
template <class Message>
bool read_payload(const net::shared_bytes& payload, Message& into);

/// An error as it travels. One that is neither ours nor the service's own is `handler_failed`.
void write_failure(v1::ServiceFailure& into, const service_shape& of, std::error_code error,
                   std::string text);

/// Not for `KIND_MOVED`. Never `{}`.
std::error_code read_failure(const v1::ServiceFailure& from, const service_shape& of);

extern template bool read_payload(const net::shared_bytes&, v1::ServiceRequest&);
extern template bool read_payload(const net::shared_bytes&, v1::ServiceReply&);
extern template bool read_payload(const net::shared_bytes&, v1::StreamItem&);
extern template bool read_payload(const net::shared_bytes&, v1::StreamControl&);

}  // namespace detail

}  // namespace actornet::cluster

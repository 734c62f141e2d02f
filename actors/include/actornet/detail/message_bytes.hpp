#pragma once

#include <concepts>
#include <span>

#include "actornet/connection_control.hpp"
#include "actornet/errc.hpp"

namespace google::protobuf {
class MessageLite;
}

namespace actornet {

/// A generated protobuf message type.
template <class T>
concept protobuf_message = std::derived_from<T, google::protobuf::MessageLite>;

namespace detail {

/// Parses a frame into @p into; `errc{}` when it worked.
errc decode_message(std::span<const std::byte> frame, google::protobuf::MessageLite& into,
                    std::size_t bytes_max);

/// @p message, to be encoded later: it must not change or go before.
encodable to_encodable(const google::protobuf::MessageLite& message);

/// @p message encoded once into memory of its own.
net::shared_bytes encode_shared(const google::protobuf::MessageLite& message);

}  // namespace detail

}  // namespace actornet

#pragma once

#include <atomic>
#include <concepts>
#include <mutex>
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

/// Parses a frame, protobuf or JSON, into @p into; `errc{}` when it worked.
errc decode_message(std::span<const std::byte> frame, bool text,
                    google::protobuf::MessageLite& into, std::size_t bytes_max);

/// @p message, to be encoded later: it must not change or go before.
encodable to_encodable(const google::protobuf::MessageLite& message);

/// The JSON of an encoded message; @p scratch is one of its type. `message_malformed`: it has none.
result<net::shared_bytes> to_text(std::span<const std::byte> encoded,
                                  google::protobuf::MessageLite& scratch);

/// One message in each format. Immutable to its users, thread-safe.
class encoded_forms {
 public:
  using text_maker = result<net::shared_bytes> (*)(std::span<const std::byte> binary);

  explicit encoded_forms(const google::protobuf::MessageLite& message);

  const net::shared_bytes& binary() const noexcept { return binary_; }

  /// Made by the first call.
  const result<net::shared_bytes>& text(text_maker make) const;

 private:
  net::shared_bytes binary_;
  mutable std::mutex mutex_;
  mutable std::atomic<bool> text_made_{false};
  mutable result<net::shared_bytes> text_{errc{}};
};

}  // namespace detail

}  // namespace actornet

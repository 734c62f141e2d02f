#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

#include "actornet/connection_control.hpp"
#include "actornet/detail/message_bytes.hpp"

namespace actornet {

/// A message encoded once, to be sent to many connections: as protobuf at once, as JSON when the
/// first connection of text needs it. Immutable; copies share the bytes; thread-safe.
template <protobuf_message Out>
class encoded {
 public:
  explicit encoded(const Out& message)
      : forms_(std::make_shared<const detail::encoded_forms>(message)) {}
  encoded(const encoded&) = default;  // no moves: it is never empty
  encoded& operator=(const encoded&) = default;

  /// As protobuf.
  std::span<const std::byte> payload() const noexcept { return shared().payload; }
  const net::shared_bytes& shared() const noexcept { return forms_->binary(); }

  /// As JSON. `message_malformed`: there is none, see proto/json.hpp.
  const result<net::shared_bytes>& text() const {
    return forms_->text([](std::span<const std::byte> binary) {
      Out again;
      return detail::to_text(binary, again);
    });
  }

 private:
  std::shared_ptr<const detail::encoded_forms> forms_;
};

/// A connection as everybody but its session sees it: somewhere to send `Out` messages to.
/// Copyable, thread-safe, weak: it does not keep the connection open, and using it after the close
/// is an error result (`errc::stale_reference`), never a crash.
template <protobuf_message Out>
class connection_ref {
 public:
  connection_ref() noexcept = default;
  explicit connection_ref(control_ref control) noexcept : control_(std::move(control)) {}

  /// Hands @p message over, under the connection's overflow policy. `sent`: it is in the output
  /// queue; `queued`: it is on its way to the connection's loop, where the policy acts (and
  /// counts). Errors: `stale_reference`, `mailbox_full`, `dropped`, `slow_consumer`,
  /// `message_too_large`, `message_malformed` (it has no JSON, and the connection is one of text).
  /// Messages of one sender arrive in order. A message with a @p key other
  /// than 0 replaces the waiting one with the same key, if the policy is `conflate`.
  result<delivery> send(const Out& message, std::uint64_t key = 0) const {
    return control_ ? control_->send(detail::to_encodable(message), key)
                    : result<delivery>(errc::stale_reference);
  }
  result<delivery> send(const encoded<Out>& message, std::uint64_t key = 0) const {
    const auto* const bytes = bytes_of(message);
    return bytes ? control_->send(*bytes, key) : why_not(message);
  }
  template <class Other>
  void send(const Other&, std::uint64_t = 0) const {
    static_assert(std::is_same_v<Other, Out>,
                  "actornet: this connection does not send messages of that type");
  }

  /// For plain threads: waits until the output queue, as for a session that writes, is below its
  /// high watermark, then sends. Errors besides those of `send`: `timed_out` at @p deadline (as
  /// `now() + 2s`), `would_block_loop` on a loop, which must not wait.
  result<delivery> send_blocking(const Out& message, net::time_point deadline) const {
    return send_blocking(encoded<Out>(message), deadline);
  }
  result<delivery> send_blocking(const encoded<Out>& message, net::time_point deadline) const {
    const auto* const bytes = bytes_of(message);
    return bytes ? control_->send_blocking(*bytes, deadline) : why_not(message);
  }

  /// The time deadlines are measured by; `net::never` when the connection is closed.
  net::time_point now() const { return control_ ? control_->now() : net::never; }

  /// Ends the connection with @p reason.
  void close(errc reason = errc::closed_locally) const {
    if (control_)
      control_->close(reason);
  }

  /// Whether the connection is open; it may close at any time.
  bool open() const noexcept { return control_ && control_->open(); }

  /// A number that no other connection of this process has or had; 0 for an empty reference.
  std::uint64_t id() const noexcept { return control_ ? control_->id() : 0; }

  const control_ref& control() const noexcept { return control_; }
  bool operator==(const connection_ref&) const noexcept = default;

 private:
  // In the connection's format; null: `why_not`.
  const net::shared_bytes* bytes_of(const encoded<Out>& message) const {
    if (!control_ || !control_->text())
      return control_ ? &message.shared() : nullptr;
    const auto& text = message.text();
    return text ? &*text : nullptr;
  }
  result<delivery> why_not(const encoded<Out>& message) const {
    return control_ ? message.text().error() : std::error_code(errc::stale_reference);
  }

  control_ref control_;
};

}  // namespace actornet

#pragma once

#include <type_traits>
#include <utility>

#include "actornet/byte_stream.hpp"
#include "actornet/connection_ref.hpp"

namespace actornet {

/// The next message of a connection, or why there is none. It refers to an object that the
/// connection reuses for the next message: `std::move(*received)` takes it out.
template <class In>
class received {
 public:
  explicit received(In& message) noexcept : message_(&message) {}
  explicit received(errc reason) noexcept : error_(reason) {}

  explicit operator bool() const noexcept { return message_ != nullptr; }
  In& operator*() const noexcept { return *message_; }
  In* operator->() const noexcept { return message_; }
  std::error_code error() const noexcept { return error_; }

 private:
  In* message_ = nullptr;
  std::error_code error_{};
};

/// A connection that carries protobuf messages, as its session sees it: `In` from the peer, `Out`
/// to it; as JSON (proto/json.hpp) if its filter's handshake agreed on text (WebSocket), else in
/// protobuf's binary format. Move-only; bound to the loop and the lifetime of its session task. At
/// most one `receive` and one `send` at a time. Errors are those of `byte_stream`, and
/// `message_malformed` when a frame is not an `In`, which ends the input, or an `Out` has no JSON.
template <protobuf_message In, protobuf_message Out>
class connection {
 public:
  explicit connection(detail::connection_core& core) noexcept : core_(&core) {}
  connection(connection&& other) noexcept
      : core_(std::exchange(other.core_, nullptr)), message_(std::move(other.message_)) {}
  connection& operator=(connection&& other) noexcept {
    core_ = std::exchange(other.core_, nullptr);
    message_ = std::move(other.message_);
    return *this;
  }

  class [[nodiscard("co_await it")]] receive_operation;
  class [[nodiscard("co_await it")]] send_operation;

  /// `co_await peer.receive()` gives `received<In>`.
  receive_operation receive() noexcept { return receive_operation(*core_, message_); }

  /// `co_await peer.send(message)` gives `write_result`: encodes at once, suspends while the output
  /// queue is above its high watermark. A `send` that timed out stays queued.
  send_operation send(const Out& message) noexcept {
    return send_operation(*core_, detail::to_encodable(message));
  }
  template <class Other>
  send_operation send(const Other&) noexcept {
    static_assert(std::is_same_v<Other, Out>,
                  "actornet: this connection does not send messages of that type");
  }

  /// What others may keep and send through.
  connection_ref<Out> ref() { return connection_ref<Out>(core_->control()); }

  /// As of `byte_stream`.
  auto begin_request() noexcept { return detail::request_operation<connection_ref<Out>>(*core_); }
  void set_read_deadline(net::time_point deadline) { core_->set_read_deadline(deadline); }
  void set_write_deadline(net::time_point deadline) { core_->set_write_deadline(deadline); }
  void set_deadline(net::time_point deadline) {
    set_read_deadline(deadline);
    set_write_deadline(deadline);
  }

  /// From the next frame on, those of the peer may be at most so long, as before a login; never
  /// longer than `stream_options::frame_bytes_max`.
  void limit_frames(std::uint32_t bytes_max) noexcept { core_->bytes().limit_frames(bytes_max); }

  net::time_point now() const noexcept { return core_->home().now(); }
  net::endpoint peer() const { return core_->bytes().peer(); }
  void close(errc reason = errc::closed_locally) { core_->kill(reason); }

 private:
  detail::connection_core* core_;
  In message_;
};

template <protobuf_message In, protobuf_message Out>
class connection<In, Out>::receive_operation final : public detail::input_wait {
 public:
  receive_operation(detail::connection_core& from, In& into) noexcept
      : input_wait(from), into_(into) {}
  bool await_ready() noexcept { return ready(); }
  void await_suspend(std::coroutine_handle<> task) { suspend(task); }
  received<In> await_resume() {
    if (next_.state == net::stream::next::status::ended)
      return received<In>(next_.reason);
    net::stream& bytes = from_->bytes();
    const errc bad =
        detail::decode_message(next_.payload, bytes.text(), into_, bytes.options().frame_bytes_max);
    if (bad == errc{})
      return received<In>(into_);
    bytes.refuse_input(bad);
    return received<In>(bad);
  }

 private:
  In& into_;
};

template <protobuf_message In, protobuf_message Out>
class connection<In, Out>::send_operation final : public detail::message_wait {
 public:
  using message_wait::message_wait;
};

}  // namespace actornet

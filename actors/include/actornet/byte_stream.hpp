#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "actornet/detail/connection_core.hpp"
#include "actornet/result.hpp"

namespace actornet {

namespace detail {

template <class Ref>
class [[nodiscard("co_await it")]] request_operation final : public request_wait {
 public:
  using request_wait::request_wait;
  result<in_flight<Ref>> await_resume() {
    if (error_ != errc{})
      return error_;
    return in_flight<Ref>(Ref(from_->control()), from_->request_bytes());
  }
};

}  // namespace detail

/// One frame (or, with raw framing, whatever arrived) of a byte stream: a view that is valid until
/// the next `read` of that stream, across suspensions. Move-only, loop-bound.
class chunk {
 public:
  chunk(chunk&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
  chunk& operator=(chunk&& other) noexcept {
    std::swap(from_, other.from_);
    return *this;
  }
  ~chunk() {
    if (from_)
      from_->chunk_released();
  }

  std::span<const std::byte> bytes() const noexcept {
    return from_ ? from_->current_frame() : std::span<const std::byte>();
  }
  std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(bytes().data()), bytes().size()};
  }
  std::size_t size() const noexcept { return bytes().size(); }
  operator std::span<const std::byte>() const noexcept { return bytes(); }

 private:
  friend class byte_stream;
  explicit chunk(detail::connection_core& from) noexcept : from_(&from) {}

  detail::connection_core* from_;
};

/// How a write ended: `bytes` of it were accepted (and will be sent as long as the connection
/// lives), all of them unless there is an `error`.
struct write_result {
  std::size_t bytes = 0;
  std::error_code error{};

  explicit operator bool() const noexcept { return !error; }
};

/// A connection as its session sees it: frames in, frames out. Move-only; bound to the loop and the
/// lifetime of the session task that it was given to. At most one read and one write at a time.
///
/// Errors of read and write: `end_of_stream` (read), `shutting_down` (read, while draining),
/// `timed_out` (the deadline passed; everything stays usable), `cancelled`, `connection_reset`,
/// `frame_too_large`, `frame_malformed`, `frame_truncated`, `handshake_timeout`, `read_timeout`,
/// `write_timeout`, `idle_timeout`, `closed_locally`, `slow_consumer`, `message_too_large` (write);
/// of the system: `network_failure`, `descriptors_exhausted`, `out_of_memory`.
class byte_stream {
 public:
  explicit byte_stream(detail::connection_core& core) noexcept : core_(&core) {}
  byte_stream(byte_stream&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  byte_stream& operator=(byte_stream&& other) noexcept {
    core_ = std::exchange(other.core_, nullptr);
    return *this;
  }

  class [[nodiscard("co_await it")]] read_operation;
  class [[nodiscard("co_await it")]] write_operation;

  /// `co_await peer.read()` gives `result<chunk>`: the next frame, or why there is none.
  read_operation read() noexcept;

  /// `co_await peer.write(bytes)` gives `write_result`. The bytes are copied at once (raw: as far
  /// as the queue has room; @p frame must live until the await ends); it suspends while the output
  /// queue is above its high watermark.
  write_operation write(std::span<const std::byte> frame) noexcept;
  write_operation write(std::string_view text) noexcept;

  /// Absolute times; pending and future operations see them, `net::never` clears. A deadline that
  /// has passed fails operations at once until it is moved.
  void set_read_deadline(net::time_point deadline) { core_->set_read_deadline(deadline); }
  void set_write_deadline(net::time_point deadline) { core_->set_write_deadline(deadline); }
  void set_deadline(net::time_point deadline) {
    set_read_deadline(deadline);
    set_write_deadline(deadline);
  }

  /// The time deadlines are measured by.
  net::time_point now() const noexcept { return core_->home().now(); }

  /// Where the peer is; may be empty for Unix sockets.
  net::endpoint peer() const { return core_->bytes().peer(); }

  /// What others may keep and send frames through.
  stream_ref ref() { return stream_ref(core_->control()); }

  /// `co_await peer.begin_request()` gives `result<in_flight<stream_ref>>`, to be sent with a frame
  /// to whoever answers it. Suspends while too many are in flight, while the output queue is above
  /// its high watermark, and while answers as long as their requests might not fit in it.
  auto begin_request() noexcept { return detail::request_operation<stream_ref>(*core_); }

  /// Ends the connection at once; queued output may be lost. Returning from the session instead
  /// ends it in order.
  void close(errc reason = errc::closed_locally) { core_->kill(reason); }

 private:
  detail::connection_core* core_;
};

class byte_stream::read_operation final : public detail::input_wait {
 public:
  explicit read_operation(detail::connection_core& from) noexcept : input_wait(from) {}
  bool await_ready() noexcept { return ready(); }
  void await_suspend(std::coroutine_handle<> task) { suspend(task); }
  result<chunk> await_resume() noexcept {
    if (next_.state == net::stream::next::status::ended)
      return next_.reason;
    from_->chunk_taken(next_.payload);
    return chunk(*from_);
  }
};

class byte_stream::write_operation final : public detail::output_wait {
 public:
  write_operation(detail::connection_core& to, std::span<const std::byte> bytes) noexcept
      : output_wait(to), rest_(bytes) {}
  bool await_ready() noexcept { return begin(); }
  void await_suspend(std::coroutine_handle<> task) {
    keep_rest();
    suspend(task);
  }
  write_result await_resume() const noexcept { return {accepted_, error_}; }

 private:
  static constexpr std::size_t raw_part_bytes = 16 * 1024;

  bool advance() override;
  void keep_rest();

  std::span<const std::byte> rest_;
  std::vector<std::byte> kept_;  // what rest_ shows, if that was in the loop's read buffer
  std::size_t accepted_ = 0;
  bool begun_ = false;
};

namespace detail {

/// `co_await peer.send(message)` of any message type.
class message_wait : public output_wait {
 public:
  message_wait(connection_core& to, const encodable& message) noexcept
      : output_wait(to), message_(message) {}
  bool await_ready() noexcept { return begin(); }
  void await_suspend(std::coroutine_handle<> task) { suspend(task); }
  write_result await_resume() const noexcept { return {accepted_, error_}; }

 private:
  bool advance() override;
  result<void> write_binary(net::stream& out);
  result<void> write_text(net::stream& out);

  encodable message_;
  std::size_t accepted_ = 0;
  bool begun_ = false;
};

}  // namespace detail

inline byte_stream::read_operation byte_stream::read() noexcept {
  return read_operation(*core_);
}

inline byte_stream::write_operation byte_stream::write(std::span<const std::byte> frame) noexcept {
  return write_operation(*core_, frame);
}

inline byte_stream::write_operation byte_stream::write(std::string_view text) noexcept {
  return write_operation(*core_, std::as_bytes(std::span(text)));
}

}  // namespace actornet

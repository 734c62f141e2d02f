#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "actornet/errc.hpp"
#include "actornet/net/filter.hpp"
#include "actornet/net/framing.hpp"
#include "actornet/net/loop.hpp"
#include "actornet/net/output_queue.hpp"
#include "actornet/net/overflow_policy.hpp"
#include "actornet/net/timer_wheel.hpp"
#include "actornet/net/transport.hpp"

namespace actornet::net {

/// Limits and habits of a connection, shared by all connections of a listener. A duration of zero
/// switches that limit off.
struct stream_options {
  net::framing framing = net::framing::delimited;
  overflow_policy overflow = overflow_policy::reject;
  std::uint32_t frame_bytes_max = 64 * 1024;  ///< longest payload in either direction
  std::size_t output_high_bytes = 64 * 1024;  ///< tasks that write suspend above; low is half
  std::size_t output_bytes_max = 256 * 1024;  ///< `overflow` acts above
  duration handshake_timeout = std::chrono::seconds(30);  ///< accept to the end of `handshaking`
  duration read_timeout = std::chrono::seconds(30);       ///< first to last byte of one frame
  duration write_timeout = std::chrono::seconds(30);      ///< age of the oldest unsent byte
  /// No complete frame either way; a ping and its answer are none.
  duration idle_timeout = std::chrono::minutes(5);
  duration linger_timeout = std::chrono::seconds(1);  ///< waiting for the peer's end after ours
};

/// Receives what happens on a stream; implemented by the connection that owns it. Called on the
/// stream's loop, never inside a call of the stream's `write`, `next_frame` or `want_input`.
class stream_owner {
 public:
  /// The filter's handshake is over. Never without a filter, or if that had none to do. What was
  /// asked for with `want_input` before is still asked for.
  virtual void on_open() {}

  /// Frames or the end of input may be taken with `next_frame`, because `want_input` was called.
  virtual void on_input() = 0;

  /// The output queue fell to the low watermark after `want_room`.
  virtual void on_room() = 0;

  /// The last call: the transport is closed. May destroy the stream.
  virtual void on_closed(errc reason) = 0;

 protected:
  ~stream_owner() = default;
};

/// One connection's bytes: transport, filter, framing, output queue and limits; no actor, no task.
/// Loop-bound.
///
/// States (moved by `enter` only):
///
///     open ──finish()──> draining ──all sent──> lingering ──peer's end or time──> closed
///       └────────────────── close(reason), error, limit ────────────────────────────┘
///
/// `open` is `handshaking` until the filter's handshake is over, without one until the first
/// complete frame; idle and busy differ by whether the owner wants input. A filter's handshake goes
/// on whether the owner wants input or not.
class stream final : public flushable {
 public:
  enum class state : std::uint8_t { handshaking, open, draining, lingering, closed };

  /// The next frame, or why there is none now.
  struct next {
    enum class status : std::uint8_t { frame, need_more, ended } state = status::need_more;
    std::span<const std::byte> payload{};  ///< frame: valid until the owner returns; see `hold`
    errc reason{};  ///< ended: end_of_stream, shutting_down, frame_*, connection_reset, *_timeout
  };

  /// @p options must outlive the stream. @p filter null means identity.
  stream(loop& on, std::unique_ptr<transport> socket, const stream_options& options,
         stream_owner& owner, std::unique_ptr<filter> transform = nullptr);
  ~stream();

  // -- input --------------------------------------------------------------------------------------

  /// Takes the next frame of what was read. Never reads.
  next next_frame() noexcept;

  /// Whether `next_frame` would give something. Takes nothing.
  bool has_next() const noexcept;

  /// Asks for `on_input` when there is more to take than `next_frame` gave. One-shot.
  void want_input();

  /// Takes `want_input` back.
  void forget_input() noexcept { wants_input_ = false; }

  /// The same as `want_input`, in a later turn even if there is input now: the owner has had its
  /// share.
  void yield_input();

  /// Moves input that is not taken, and the frame taken last, out of the loop's buffer: the owner
  /// calls it when it returns while that frame is still in use. Returns where the frame is now.
  std::span<const std::byte> hold(std::span<const std::byte> frame);

  // -- output -------------------------------------------------------------------------------------

  /// Appends one message of any size up to `frame_bytes_max`; it is sent at the end of the turn.
  /// Not bounded by the watermarks: the caller looks at `above_high` or uses `offer`.
  result<void> write(std::span<const std::byte> payload);

  /// Room for one message's payload of exactly @p bytes, to be encoded in place before the next
  /// call. Empty when the message is too large or the stream closed for output.
  result<std::span<std::byte>> write_space(std::size_t bytes);

  /// Appends a message under the overflow policy. Errors besides those of `write`: `mailbox_full`,
  /// `dropped`, `slow_consumer`.
  result<void> offer(const shared_bytes& payload, output_queue::conflation_key key = 0);

  /// `write_space` under the overflow policy.
  result<std::span<std::byte>> offer_space(std::size_t bytes, output_queue::conflation_key key = 0);

  bool above_high() const noexcept { return output_.bytes() > options_->output_high_bytes; }
  std::size_t output_bytes() const noexcept { return output_.bytes(); }

  /// Asks for `on_room`. One-shot. @pre `flush` has left the queue above the high watermark
  void want_room() noexcept { wants_room_ = true; }

  /// Asks for `on_room` in a later turn, whether there is room or not.
  void yield_room();

  /// Sends what the socket takes now.
  void flush() override;

  // -- end ----------------------------------------------------------------------------------------

  /// The frame taken last was not what the owner expects: input ends with @p reason.
  void refuse_input(errc reason) noexcept;

  /// From the next frame on, those of the peer may be at most so long; never longer than
  /// `stream_options::frame_bytes_max`.
  void limit_frames(std::uint32_t bytes_max) noexcept {
    decoder_.set_frame_bytes_max(std::min(bytes_max, options_->frame_bytes_max));
  }

  /// No more frames after those whose last byte is in our socket's buffer now; then input ends with
  /// `errc::shutting_down`. Output goes on.
  void stop_input();

  /// Sends what is queued, then ends our direction, waits for the peer's end and closes; the reason
  /// is that of the input's end, else `closed_locally`.
  void finish();

  /// Closes now. What was queued is lost unless the system still sends it. Idempotent.
  void close(errc reason);

  // -- facts --------------------------------------------------------------------------------------

  state current_state() const noexcept { return state_; }
  bool is_open() const noexcept { return state_ <= state::open; }
  errc input_end() const noexcept { return input_end_; }
  errc close_reason() const noexcept { return close_reason_; }  ///< @pre closed

  /// Whether something was read that was not taken, or input has ended.
  bool has_unread() const noexcept { return !input_.empty() || input_end_ != errc{}; }

  /// Whether the filter's handshake is not over: what is written waits for it.
  bool in_handshake() const noexcept { return filter_ && filter_->handshaking(); }

  /// Whether messages are text, as the filter's handshake has agreed; false before that is over.
  bool text() const noexcept { return filter_ && filter_->text(); }
  loop& home() const noexcept { return loop_; }
  const stream_options& options() const noexcept { return *options_; }

  /// Where the peer is; after the end only if that was a failure, else empty.
  endpoint peer() const { return failed_peer_ ? *failed_peer_ : transport_->peer(); }

 private:
  static constexpr std::size_t filtered_bytes_max = 16 * 1024;       // through a filter at a time
  static constexpr std::uint32_t sweep_bytes_max = 8 * 1024 * 1024;  // of one `stop_input`

  void enter(state target);
  void begin_filter();
  void on_ready();
  bool wants_more() const noexcept;
  bool has_more() const noexcept;
  void read_input();
  void take_bytes(std::span<std::byte> bytes);
  void take_filtered(std::span<const std::byte> bytes);
  void append_held(std::span<const std::byte> bytes);
  void end_input(errc reason) noexcept;
  void settle();
  bool answers_wait() const noexcept;
  void arm_read();
  void remember_peer();
  bool in_loop_buffer(const std::byte* data) const noexcept;

  result<void> check_output(std::size_t bytes) const noexcept;
  result<void> check_payload(std::span<const std::byte> payload) const noexcept;
  void wrote_message();
  result<void> make_room(std::size_t bytes, output_queue::conflation_key key);
  std::span<std::byte> append_space(std::size_t bytes, output_queue::conflation_key key);
  void flush_plain();
  void flush_filtered();
  bool fill_wire();
  bool filter_output();
  bool sent(const io_result& outcome, std::size_t tried);
  void after_flush();
  void linger();

  duration ping_interval() const noexcept;
  void ping();
  void wait_for_peer() noexcept;
  void on_limit();
  void arm_limits();
  struct limit {
    time_point at = never;
    errc reason{};  // 0: to ping
  };
  limit earliest_limit() const noexcept;

  struct wire {  // filtered bytes to send
    std::vector<std::byte> bytes;
    std::size_t sent = 0;
    std::size_t unsent() const noexcept { return bytes.size() - sent; }
    bool all_sent() const noexcept { return unsent() == 0; }
  };

  loop& loop_;
  const stream_options* options_;
  stream_owner& owner_;
  std::unique_ptr<transport> transport_;
  std::unique_ptr<filter> filter_;  // null: identity
  frame_decoder decoder_;
  state state_ = state::handshaking;
  bool in_turn_ = false;   // on_ready runs: it flushes at its end
  bool open_due_ = false;  // the handshake is over, the owner does not know
  bool wants_input_ = false;
  bool wants_room_ = false;
  bool room_due_ = false;
  bool read_armed_ = false;
  bool write_armed_ = false;    // the socket's buffer is full
  bool sweeping_ = false;       // stop_input was called
  bool farewell_made_ = false;  // the filter's
  bool socket_ended_ = false;   // the peer's end of stream came
  bool pinged_ = false;         // since waiting_since_
  errc input_end_{};            // why no more input comes; 0 while it may
  errc close_reason_{};
  std::uint32_t swept_bytes_ = 0;
  std::uint32_t unsent_mark_ = 0;       // bytes still to go that were there at unsent_since_
  std::span<const std::byte> input_{};  // not taken yet; in the loop's buffer or in held_
  std::vector<std::byte> held_;
  output_queue output_;
  std::unique_ptr<wire> wire_;             // with a filter only
  std::unique_ptr<endpoint> failed_peer_;  // for the logs: the transport forgets it
  timer limit_{entry_of<&stream::on_limit>(*this)};
  time_point waiting_since_ = never;  // for bytes of the peer; `never` while we do not listen
  time_point last_frame_;  // any complete frame; before the first, and lingering: the start
  time_point frame_began_ = never;  // a frame's first byte came, its last did not
  time_point unsent_since_ = never;
};

}  // namespace actornet::net

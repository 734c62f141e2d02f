#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "actornet/net/loop.hpp"
#include "actornet/net/output_queue.hpp"
#include "actornet/net/stream.hpp"
#include "actornet/result.hpp"

namespace actornet {

namespace detail {
class connection_core;
}

/// What a connection takes from others, shared by all connections of a listener.
struct connection_limits {
  std::uint32_t requests_max = 1024;  ///< in flight; further ones wait, and reading with them
  std::size_t travelling_messages_max = 4096;  ///< under way from other threads; at its CAF actor
};

/// What holds where nobody says otherwise.
inline constexpr connection_limits default_limits{};

/// Follows the life of a connection from outside, on its loop.
class connection_observer {
 public:
  virtual ~connection_observer() = default;
  virtual void on_closed(errc reason) = 0;

 private:
  friend class connection_control;
  std::unique_ptr<connection_observer> next_;
};

/// What came of a message handed to a connection.
enum class delivery : std::uint8_t {
  sent,    ///< it is in the connection's output queue
  queued,  ///< it travels to the connection's loop; the queue's policy acts there
};

/// A message that is encoded where it is needed: into a connection's output queue when the sender
/// is on its loop, else into memory of its own that travels there.
struct encodable {
  const void* message;
  std::size_t bytes;  ///< what `write` fills
  void (*write)(const void* message, std::span<std::byte> into);
  result<net::shared_bytes> (*text)(const void* message);  ///< as JSON, for a connection of text
};

/// The part of a connection that others may hold: it outlives the connection, knows whether that
/// still exists, and is its mailbox for other threads. Thread-safe, reference-counted.
class connection_control {
 public:
  /// @p target is past its filter's handshake.
  connection_control(net::loop& home, detail::connection_core& target, const net::stream& bytes,
                     const connection_limits& limits);

  /// Puts an encoded message into the connection's output queue: at once on its loop, else through
  /// the mailbox. Errors: `stale_reference`, `mailbox_full`, `message_too_large`, `slow_consumer`,
  /// `dropped`.
  result<delivery> send(net::shared_bytes payload, net::output_queue::conflation_key key = 0);

  /// The same of a message in the connection's format: protobuf, or JSON if its messages are text.
  /// `message_malformed`: it has no JSON.
  result<delivery> send(const encodable& message, net::output_queue::conflation_key key = 0);

  /// As `send`, but waits, at most until @p deadline (the loops' time, as of `now`), until the
  /// output queue is below its high watermark and takes the message. For plain threads; no other
  /// sender's messages are held up. Errors: those of `send`, `timed_out` (nothing was sent), and
  /// `would_block_loop` when the calling thread is in a loop's turn.
  result<delivery> send_blocking(const net::shared_bytes& payload, net::time_point deadline);

  /// The time that deadlines are measured by; `net::never` once the connection is closed.
  net::time_point now() const;

  /// Ends the connection with @p reason, now or when its loop comes to it.
  void close(errc reason);

  bool open() const noexcept { return open_.load(std::memory_order_acquire); }
  net::loop& home() const noexcept { return home_; }

  /// Whether its messages are text, for its whole life.
  bool text() const noexcept { return text_; }

  /// A number no other connection of this process has or had.
  std::uint64_t id() const noexcept { return id_; }

  /// On the home loop: the connection, or null when it is closed.
  detail::connection_core* target() const noexcept { return target_; }

  /// The connection is gone; called by it.
  void detach(errc reason);

  /// Lets @p observer, too, know of the close. On the home loop, while the connection is open.
  void observe(std::unique_ptr<connection_observer> observer);

  /// The observer of that type, or null. On the home loop.
  template <class Observer>
  Observer* find_observer() const noexcept {
    for (auto* i = observers_.get(); i; i = i->next_.get())
      if (auto* const found = dynamic_cast<Observer*>(i))
        return found;
    return nullptr;
  }

  const connection_limits& limits() const noexcept { return limits_; }

  /// What other threads sent goes to the output queue now. On the home loop.
  void take_mail() {
    if (has_mail_.load(std::memory_order_acquire))
      deliver_messages();
  }

  // -- requests in flight: messages on behalf of this connection that others have not finished --

  /// @p bytes: how long its answer may well be.
  void begin_request(std::size_t bytes = 0) noexcept { load_.fetch_add(one_request + bytes); }
  void end_request(std::size_t bytes = 0);
  std::uint32_t requests() const noexcept { return request_load().count; }

  struct load {
    std::uint32_t count;
    std::size_t bytes;
  };
  load request_load() const noexcept {
    const std::uint64_t both = load_.load();
    return {static_cast<std::uint32_t>(both / one_request), both % one_request};
  }

  /// Has the connection's `on_requests_changed` run when requests end, until told otherwise.
  void watch_requests(bool wanted) noexcept { requests_watched_.store(wanted); }

  // -- threads in `send_blocking` --------------------------------------------------------------

  /// There may be room in the output queue for what blocked threads send. On the home loop.
  void serve_blocked();

 private:
  friend class control_ref;

  struct travelling {
    net::shared_bytes payload;
    net::output_queue::conflation_key key;
  };

  // Requests in the upper bits, their bytes below: both in one word, and one operation for both.
  static constexpr std::uint64_t one_request = std::uint64_t{1} << 40;

  struct blocked_sender;

  result<delivery> send_text(const encodable& message, net::output_queue::conflation_key key);
  detail::connection_core* target_in_order();
  result<delivery> put_in_mailbox(net::shared_bytes payload, net::output_queue::conflation_key key);
  void deliver_mailbox();
  void deliver_messages();
  void schedule();

  net::loop& home_;
  detail::connection_core* target_;      // home loop only
  const std::size_t bytes_max_;          // that travel at a time
  const std::size_t message_bytes_max_;  // of one
  const connection_limits limits_;
  const bool text_;
  const std::uint64_t id_;
  std::atomic<std::uint32_t> references_{1};
  std::atomic<bool> open_{true};
  std::atomic<bool> has_mail_{false};
  mutable std::mutex mutex_;  // guards the rest
  std::vector<travelling> mailbox_;
  std::size_t mailbox_bytes_ = 0;
  std::vector<blocked_sender*> blocked_;
  errc close_reason_{};
  bool scheduled_ = false;
  std::atomic<std::uint64_t> load_{0};  // of requests
  std::atomic<bool> requests_watched_{false};
  std::unique_ptr<connection_observer> observers_;  // home loop only
};

/// A counted reference to a control block.
class control_ref {
 public:
  control_ref() noexcept = default;
  explicit control_ref(connection_control* adopted) noexcept : block_(adopted) {}
  control_ref(const control_ref& other) noexcept : block_(other.block_) {
    if (block_)
      block_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  control_ref(control_ref&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  control_ref& operator=(control_ref other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~control_ref() {
    if (block_ && block_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete block_;
  }

  explicit operator bool() const noexcept { return block_ != nullptr; }
  connection_control* operator->() const noexcept { return block_; }
  connection_control& operator*() const noexcept { return *block_; }
  bool operator==(const control_ref&) const noexcept = default;

 private:
  friend class connection_control;
  connection_control* release() noexcept { return std::exchange(block_, nullptr); }

  connection_control* block_ = nullptr;
};

/// A reference to a connection that also counts as a request in flight for as long as it (or a
/// copy) lives: put it into the message to whoever answers. The connection stops reading at
/// `connection_limits::requests_max`, and a session that ended waits for its requests before the
/// connection closes. Thread-safe as its `Ref` is.
template <class Ref>
class in_flight {
 public:
  in_flight() noexcept = default;
  explicit in_flight(Ref from, std::size_t bytes = 0) noexcept
      : from_(std::move(from)), bytes_(bytes) {
    count();
  }
  in_flight(const in_flight& other) noexcept : from_(other.from_), bytes_(other.bytes_) { count(); }
  in_flight(in_flight&& other) noexcept
      : from_(std::exchange(other.from_, Ref())), bytes_(other.bytes_) {}
  in_flight& operator=(in_flight other) noexcept {
    std::swap(from_, other.from_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~in_flight() {
    if (from_.control())
      from_.control()->end_request(bytes_);
  }

  const Ref& operator*() const noexcept { return from_; }
  const Ref* operator->() const noexcept { return &from_; }

 private:
  // Not called `begin`: CAF would take the class for a range.
  void count() noexcept {
    if (from_.control())
      from_.control()->begin_request(bytes_);
  }

  Ref from_;
  std::size_t bytes_ = 0;
};

/// A connection of frames as everybody but its session sees it. As `connection_ref`, for bytes.
class stream_ref {
 public:
  stream_ref() noexcept = default;
  explicit stream_ref(control_ref control) noexcept : control_(std::move(control)) {}

  result<delivery> send(const net::shared_bytes& frame, std::uint64_t key = 0) const {
    return control_ ? control_->send(frame, key) : result<delivery>(errc::stale_reference);
  }
  result<delivery> send_blocking(const net::shared_bytes& frame, net::time_point deadline) const {
    return control_ ? control_->send_blocking(frame, deadline)
                    : result<delivery>(errc::stale_reference);
  }
  net::time_point now() const { return control_ ? control_->now() : net::never; }
  void close(errc reason = errc::closed_locally) const {
    if (control_)
      control_->close(reason);
  }
  bool open() const noexcept { return control_ && control_->open(); }
  std::uint64_t id() const noexcept { return control_ ? control_->id() : 0; }

  const control_ref& control() const noexcept { return control_; }
  bool operator==(const stream_ref&) const noexcept = default;

 private:
  control_ref control_;
};

}  // namespace actornet

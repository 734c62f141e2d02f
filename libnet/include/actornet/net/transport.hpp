#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <system_error>

#include "actornet/errc.hpp"
#include "actornet/net/endpoint.hpp"
#include "actornet/net/entry.hpp"

namespace actornet::net {

class loop;

/// What a non-blocking read or write came to.
struct io_result {
  enum class status : std::uint8_t {
    ok,             ///< `bytes` > 0 were transferred
    would_block,    ///< nothing can be transferred now: arm and return
    end_of_stream,  ///< reads only: the peer sent its last byte before
    error,          ///< `error` says why; the transport is good for nothing but `close`
  };
  status state = status::would_block;
  std::size_t bytes = 0;
  std::error_code error{};

  /// `error` as the reason for which the connection ends: what is no `errc` is a reset.
  errc reason() const noexcept {
    return error.category() == error_category() ? static_cast<errc>(error.value())
                                                : errc::connection_reset;
  }
};

/// One connected byte stream, the seam between actornet and the network. Implementations: sockets
/// (libnet/src/asio, libnet/src/platform) and the simulator. No native handle leaks upward.
///
/// Contract of every implementation:
/// * All calls come from the loop that the transport was made on; it never calls its owner inline,
///   it puts the owner's entry into the loop's run queue (`run_owner`), at most once at a time.
/// * Readiness is one-shot: `arm_read` asks for one run of the owner's entry once bytes, the end of
///   the stream or an error can be read; it runs soon when that is so already. The same for
///   `arm_write` and room in the send buffer. Both armed at once may be answered by one run.
/// * `readable()`/`writable()` tell in that run which of the armed conditions came true. A run may
///   be spurious: the owner must cope with `would_block`.
/// * Bytes are delivered before an end of stream or an error is reported.
/// * After `close` it does not put the owner's entry into the queue any more, but one that is in it
///   already still runs: the owner must not go before (`in_queue`).
class transport {
 public:
  transport() = default;
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  virtual ~transport() = default;  ///< closes

  /// What to run when an armed condition comes true. Set once, before the first arm.
  void set_owner(entry owner) noexcept { owner_ = owner; }

  /// Puts the owner's entry into the run queue of @p on unless it stands there already.
  void run_owner(loop& on);

  /// The owner calls it first when its entry runs.
  void leave_queue() noexcept { in_queue_ = false; }

  /// Whether the owner's entry stands in the run queue.
  bool in_queue() const noexcept { return in_queue_; }

  virtual void arm_read() = 0;
  virtual void arm_write() = 0;

  /// Up to `into.size()` bytes. A read of fewer bytes than asked for says nothing about the rest:
  /// arm again.
  virtual io_result read_some(std::span<std::byte> into) = 0;

  /// Writes from @p parts in order (a gathered write); may take only a part of the bytes.
  virtual io_result write_some(std::span<const std::span<const std::byte>> parts) = 0;

  /// Ends our direction in order (FIN); reading goes on.
  virtual void shutdown_write() = 0;

  /// Closes in order as far as the system does (unread input makes it a reset). Idempotent.
  virtual void close() = 0;

  /// Closes with a reset: the peer sees `connection_reset`. Idempotent.
  virtual void abort() = 0;

  /// The peer's address while the connection stands; for Unix sockets usually an empty path.
  virtual endpoint peer() const = 0;

  /// Whether an armed condition came true; reset by arming it again.
  bool readable() const noexcept { return readable_; }
  bool writable() const noexcept { return writable_; }

 protected:
  bool readable_ = false;
  bool writable_ = false;

 private:
  bool in_queue_ = false;
  entry owner_;
};

}  // namespace actornet::net

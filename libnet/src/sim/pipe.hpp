#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "actornet/net/clock.hpp"

namespace actornet::sim {

/// One direction of a connection, as TCP has it: send buffer, wire, receive buffer. It decides
/// nothing: its connection says what is launched, when that lands, and who is told.
///
///     write ──> waiting ──launch──> flying ──land──> readable ──> read
///     └─── send_bytes_max ────────────────┘
///                       └─────────── receive_bytes_max ──────┘
///
/// All bytes stand in one queue in their order; the stages are lengths.
class pipe {
 public:
  enum class cargo : std::uint8_t { bytes, end, reset };

  struct parcel {
    cargo what;
    std::size_t bytes;
    net::time_point lands;
  };

  pipe(std::size_t send_bytes_max, std::size_t receive_bytes_max) noexcept
      : send_bytes_max_(send_bytes_max), receive_bytes_max_(receive_bytes_max) {}

  // -- the writer's end ---------------------------------------------------------------------------

  /// Bytes that `write` takes now.
  std::size_t room() const noexcept;

  /// Whether a third of the send buffer is free: when Linux calls a socket writable.
  bool writable() const noexcept { return 3 * (waiting_ + flying_) <= 2 * send_bytes_max_; }

  void write(std::span<const std::byte> bytes);  ///< @pre at most `room()`, not ended

  /// An end of stream follows the last byte. Idempotent.
  void end() noexcept { end_due_ = end_due_ || !ended_, ended_ = true; }

  /// A reset follows the last byte.
  void end_with_reset() noexcept { reset_due_ = ended_ = true, end_due_ = false; }

  bool ended() const noexcept { return ended_; }

  // -- the wire -----------------------------------------------------------------------------------

  /// Bytes that may be launched now: waiting, and with room in the receive buffer.
  std::size_t launchable() const noexcept;
  void launch(std::size_t bytes, net::time_point lands);  ///< @pre at most `launchable()`

  /// Whether everything before an end or a reset that is due is under way.
  bool end_launchable() const noexcept { return (end_due_ || reset_due_) && waiting_ == 0; }
  void launch_end(net::time_point lands);

  /// Drops what waits, with @p overtake also what flies, and launches a reset.
  void launch_reset(net::time_point lands, bool overtake);

  std::size_t flying() const noexcept { return flying_; }
  bool wire_empty() const noexcept { return wire_.empty(); }
  net::time_point next_landing() const noexcept { return wire_.front().lands; }
  net::time_point last_landing() const noexcept { return last_landing_; }
  parcel land();  ///< @pre not `wire_empty()`

  /// What waits and what flies is lost.
  void drop_unlanded();

  // -- the reader's end ---------------------------------------------------------------------------

  std::size_t readable() const noexcept { return readable_; }
  bool at_end() const noexcept { return end_landed_ && readable_ == 0; }
  std::size_t read(std::span<std::byte> into);  ///< as much as is there and fits
  void drop_readable();

 private:
  void drop(std::size_t offset, std::size_t bytes);

  std::size_t send_bytes_max_;
  std::size_t receive_bytes_max_;
  std::vector<std::byte> bytes_;  // readable, flying, waiting
  std::size_t first_ = 0;         // of the bytes that are not read yet
  std::size_t readable_ = 0;
  std::size_t flying_ = 0;
  std::size_t waiting_ = 0;
  std::deque<parcel> wire_;
  net::time_point last_landing_{};
  bool ended_ = false;
  bool end_due_ = false;
  bool reset_due_ = false;
  bool end_landed_ = false;
};

}  // namespace actornet::sim

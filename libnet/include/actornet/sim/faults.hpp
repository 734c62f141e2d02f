#pragma once

#include <chrono>
#include <cstddef>

#include "actornet/net/clock.hpp"

namespace actornet::sim {

/// What a simulated world does to its programs and how often. Probabilities are 0 to 1, ranges are
/// drawn from uniformly. The default is what every correct program survives without noticing; what
/// breaks connections or deadlines is off until asked for.
struct faults {
  // -- what the contract of transport and loop allows at any time: on by default ------------------

  /// A read returns fewer bytes than are there, or a chunk on the wire is cut in two; per read and
  /// per chunk. One cut in four leaves a single byte.
  double fragment_probability = 0.25;

  /// `write_some` takes only a part of the bytes although there is room; per write.
  double short_write_probability = 0.10;

  /// `write_some` would block although there is room; per write.
  double write_block_probability = 0.02;

  /// An armed transport's owner runs for nothing; per turn of its loop.
  double spurious_probability = 0.05;

  /// A connection's buffers are between `small_buffer_bytes_min` and `_max`; per connection.
  double small_buffers_probability = 0.10;
  std::size_t small_buffer_bytes_min = 256;
  std::size_t small_buffer_bytes_max = 4 * 1024;

  /// How long a chunk of bytes, an end of stream or a reset travels. Order is kept.
  net::duration delay_min = std::chrono::microseconds(10);
  net::duration delay_max = std::chrono::milliseconds(2);

  /// Virtual time that a turn of a loop takes, at most.
  net::duration turn_max = std::chrono::microseconds(20);

  /// Whether chance decides which loop has the next turn, which entry of its queue runs next
  /// (handed over or not), and in which order it learns of events. Set it before the loops are
  /// made.
  bool shuffle = true;

  // -- what breaks connections or deadlines: off by default ---------------------------------------

  /// The network resets the connection when up to `reset_offset_bytes_max` bytes have passed in
  /// one of its directions; per connection.
  double reset_probability = 0;
  std::size_t reset_offset_bytes_max = 16 * 1024;

  /// A reset that arrives takes the receiver's unread bytes with it, or overtakes those that are
  /// under way; per reset. (Linux lets received bytes be read, Windows does not.)
  double reset_discards_probability = 0.5;

  /// A `sim::peer` stops reading after up to `stall_offset_bytes_max` bytes, for at most
  /// `stall_max`; per peer.
  double stall_probability = 0;
  std::size_t stall_offset_bytes_max = 16 * 1024;
  net::duration stall_max = std::chrono::seconds(10);

  /// The connection is cut for at most `partition_max`, its bytes wait; per chunk.
  double partition_probability = 0;
  net::duration partition_max = std::chrono::seconds(5);

  /// The clock goes on by at most `clock_jump_max` too far; per advance of virtual time.
  double clock_jump_probability = 0;
  net::duration clock_jump_max = std::chrono::seconds(10);

  /// `accept` fails with `descriptors_exhausted`, the connection stays in the backlog; per accept.
  double accept_failure_probability = 0;

  /// Nothing of all this: every chunk takes 100 µs, a turn takes no time, queues are queues.
  static faults calm() noexcept;

  /// Everything at once, often enough that a run of a few hundred chunks meets most of it.
  static faults harsh() noexcept;
};

}  // namespace actornet::sim

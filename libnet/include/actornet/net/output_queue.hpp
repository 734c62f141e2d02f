#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "actornet/net/block_pool.hpp"
#include "actornet/net/framing.hpp"

namespace actornet::net {

/// A message encoded once for any number of connections: the payload without length prefix.
/// Immutable, reference-counted, thread-safe to share.
struct shared_bytes {
  block_ref memory;
  std::span<const std::byte> payload;

  /// Copies @p payload into memory of its own.
  static shared_bytes copy_of(std::span<const std::byte> payload);
};

/// Bytes that wait to be sent on one connection, as whole messages in order. Small messages are
/// copied behind each other into blocks of the loop's pool; shared ones are referred to. It counts
/// bytes; who calls decides about limits. It keeps no memory while it is empty.
class output_queue {
 public:
  /// Identifies messages that replace each other (`conflate`); 0 replaces nothing.
  using conflation_key = std::uint64_t;

  static constexpr std::size_t parts_max = 64;         ///< of one gathered write
  static constexpr std::size_t copy_bytes_max = 1024;  ///< larger shared payloads are referred to

  /// @p droppable: whether single messages may be dropped later; without it neighbours merge.
  explicit output_queue(bool droppable) noexcept : droppable_(droppable) {}

  bool empty() const noexcept { return bytes_ == 0; }
  std::size_t bytes() const noexcept { return bytes_; }

  /// Appends one message, copied.
  void append(block_pool& pool, const frame_envelope& envelope, std::span<const std::byte> payload,
              conflation_key key = 0);

  /// Appends one message whose payload is shared with other connections.
  void append(block_pool& pool, const frame_envelope& envelope, const shared_bytes& payload,
              conflation_key key = 0);

  /// Room for one message of @p bytes to be written in place; it counts from now on. Valid until
  /// the next call of this queue.
  std::span<std::byte> append_space(block_pool& pool, std::size_t bytes, conflation_key key = 0);

  /// The oldest bytes as parts for one gathered write.
  std::span<const std::span<const std::byte>> gather(
      std::array<std::span<const std::byte>, parts_max>& parts) const noexcept;

  /// Removes @p bytes from the front: they were sent.
  void consume(block_pool& pool, std::size_t bytes) noexcept;

  /// Removes the oldest message of which no byte was sent. False when there is none. @pre droppable
  bool drop_oldest() noexcept;

  /// Removes the message with @p key of which no byte was sent. False when there is none.
  /// @pre droppable
  bool drop_key(conflation_key key) noexcept;

  void clear(block_pool& pool) noexcept;

 private:
  // A message, part of one, or (unless droppable) several that lie behind each other in a block.
  // What was copied to the tail block last is none yet: most queues are sent before they need one.
  struct segment {
    block_ref memory;
    const std::byte* begin;
    std::uint32_t bytes;
    bool starts_message;
    bool partly_sent;
    conflation_key key;
  };

  void push(const block_ref& memory, std::span<const std::byte> bytes, bool starts,
            conflation_key key);
  void close_run(conflation_key key);
  std::span<const std::byte> run() const noexcept;
  void erase_message(std::size_t index) noexcept;
  void release_if_empty(block_pool& pool) noexcept;

  std::vector<segment> segments_;  // from first_ on
  std::size_t first_ = 0;
  std::size_t bytes_ = 0;
  block_ref tail_;               // the block that small messages are copied to
  std::uint32_t run_begin_ = 0;  // from here on what is in it stands in no segment
  std::uint32_t tail_used_ = 0;
  const bool droppable_;
};

}  // namespace actornet::net

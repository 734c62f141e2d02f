#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum framing { framing_raw, framing_delimited, framing_length32 };

/// What one message looks like on the wire. All messages of a run have the same size:
///
///     | length prefix (delimited: varint, length32: 4 bytes big-endian) | 0a + varint if typed |
///     | payload: connection id (8 bytes LE) | sequence (8 bytes LE) | filler of both           |
///
/// A payload under 16 bytes holds the first bytes of that.
///
/// The bytes of a connection are thus one endless stream, of which any range can be written
/// again from its position: nothing that was sent needs to be kept for the comparison.
struct message_shape {
  uint8_t header[16];
  size_t header_bytes;
  size_t payload_bytes;
  size_t wire_bytes;
  uint8_t* scratch;  ///< one message
};

void message_shape_init(struct message_shape* self, enum framing framing, bool typed,
                        size_t payload_bytes);
void message_shape_free(struct message_shape* self);

/// Writes `size` bytes of the stream of `connection`, from stream position `position`.
void message_stream_write(const struct message_shape* self, uint64_t connection, uint64_t position,
                          uint8_t* out, size_t size);

/// Offset of the first byte in `data` that differs from the stream, or `size` if none does.
size_t message_stream_mismatch(const struct message_shape* self, uint64_t connection,
                               uint64_t position, const uint8_t* data, size_t size);

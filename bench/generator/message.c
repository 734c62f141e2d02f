#include "message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t varint_write(uint8_t* out, uint64_t value) {
  size_t size = 0;
  while (value >= 0x80) {
    out[size++] = (uint8_t)(value | 0x80);
    value >>= 7;
  }
  out[size++] = (uint8_t)value;
  return size;
}

static size_t prefix_write(uint8_t* out, enum framing framing, size_t frame_bytes) {
  if (framing == framing_delimited)
    return varint_write(out, frame_bytes);
  if (framing == framing_length32) {
    for (int i = 0; i < 4; i++)
      out[i] = (uint8_t)(frame_bytes >> (24 - 8 * i));
    return 4;
  }
  return 0;
}

void message_shape_init(struct message_shape* self, enum framing framing, bool typed,
                        size_t payload_bytes) {
  uint8_t type[8];
  size_t type_bytes = 0;
  if (typed) {  // actornet.echo.v1.Echo { bytes payload = 1; }
    type[type_bytes++] = 0x0a;
    type_bytes += varint_write(type + type_bytes, payload_bytes);
  }
  self->header_bytes = prefix_write(self->header, framing, type_bytes + payload_bytes);
  memcpy(self->header + self->header_bytes, type, type_bytes);
  self->header_bytes += type_bytes;
  self->payload_bytes = payload_bytes;
  self->wire_bytes = self->header_bytes + payload_bytes;
  self->scratch = malloc(self->wire_bytes);
  if (!self->scratch) {
    perror("bench-generator: malloc");
    exit(1);
  }
}

void message_shape_free(struct message_shape* self) {
  free(self->scratch);
}

static uint64_t mix(uint64_t value) {  // splitmix64's finalizer
  value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
  return value ^ (value >> 31);
}

static void payload_write(uint8_t* out, size_t size, uint64_t connection, uint64_t sequence) {
  uint64_t words[2] = {connection, sequence};  // little-endian machines only, as is the server
  if (size <= sizeof words) {
    memcpy(out, words, size);
    return;
  }
  memcpy(out, words, sizeof words);
  uint64_t filler = mix((connection << 40) ^ sequence);
  size_t at = sizeof words;
  for (; at + sizeof filler <= size; at += sizeof filler) {
    memcpy(out + at, &filler, sizeof filler);
    filler += UINT64_C(0x9e3779b97f4a7c15);
  }
  memcpy(out + at, &filler, size - at);
}

static void message_write(const struct message_shape* self, uint64_t connection, uint64_t sequence,
                          uint8_t* out) {
  memcpy(out, self->header, self->header_bytes);
  payload_write(out + self->header_bytes, self->payload_bytes, connection, sequence);
}

static size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

void message_stream_write(const struct message_shape* self, uint64_t connection, uint64_t position,
                          uint8_t* out, size_t size) {
  while (size > 0) {
    uint64_t sequence = position / self->wire_bytes;
    size_t offset = (size_t)(position % self->wire_bytes);
    size_t part = smaller(self->wire_bytes - offset, size);
    if (part == self->wire_bytes) {
      message_write(self, connection, sequence, out);
    } else {
      message_write(self, connection, sequence, self->scratch);
      memcpy(out, self->scratch + offset, part);
    }
    out += part;
    position += part;
    size -= part;
  }
}

static size_t first_difference(const uint8_t* a, const uint8_t* b, size_t size) {
  size_t at = 0;
  while (at < size && a[at] == b[at])
    at++;
  return at;
}

size_t message_stream_mismatch(const struct message_shape* self, uint64_t connection,
                               uint64_t position, const uint8_t* data, size_t size) {
  size_t done = 0;
  while (done < size) {
    size_t offset = (size_t)(position % self->wire_bytes);
    size_t part = smaller(self->wire_bytes - offset, size - done);
    message_write(self, connection, position / self->wire_bytes, self->scratch);
    if (memcmp(self->scratch + offset, data + done, part) != 0)
      return done + first_difference(self->scratch + offset, data + done, part);
    position += part;
    done += part;
  }
  return size;
}

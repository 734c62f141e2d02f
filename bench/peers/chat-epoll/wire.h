#pragma once

// What the chat peer needs of protobuf's wire format and of chat.proto, and no more.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
  const uint8_t* data;
  size_t size;
};

/// False if @p from has no complete varint at its beginning; it is taken else.
static inline bool take_varint(struct bytes* from, uint64_t* value) {
  *value = 0;
  for (size_t i = 0; i < from->size && i < 10; i++) {
    *value |= (uint64_t)(from->data[i] & 0x7f) << (7 * i);
    if (from->data[i] < 0x80) {
      from->data += i + 1;
      from->size -= i + 1;
      return true;
    }
  }
  return false;
}

/// One field: number and varint, or number and content. False at the end and on nonsense.
static inline bool take_field(struct bytes* from, uint64_t* number, uint64_t* value,
                              struct bytes* content) {
  uint64_t tag;
  if (!take_varint(from, &tag) || !take_varint(from, value))
    return false;
  *number = tag >> 3;
  *content = (struct bytes){0};
  if ((tag & 7) == 0)
    return true;
  if ((tag & 7) != 2 || *value > from->size)
    return false;
  *content = (struct bytes){from->data, (size_t)*value};
  from->data += *value;
  from->size -= (size_t)*value;
  return true;
}

// -- writing --------------------------------------------------------------------------------------

static inline uint8_t* put_varint(uint8_t* to, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    *to++ = (uint8_t)(value | 0x80);
  *to++ = (uint8_t)value;
  return to;
}

static inline size_t varint_bytes(uint64_t value) {
  size_t count = 1;
  for (; value >= 0x80; value >>= 7)
    count++;
  return count;
}

static inline uint8_t* put_number(uint8_t* to, unsigned field, uint64_t value) {
  return put_varint(put_varint(to, field << 3), value);
}

static inline uint8_t* put_content(uint8_t* to, unsigned field, struct bytes content) {
  to = put_varint(put_varint(to, field << 3 | 2), content.size);
  if (content.size > 0)
    memcpy(to, content.data, content.size);
  return to + content.size;
}

/// A Position {epoch 1, offset} as @p field.
static inline uint8_t* put_position(uint8_t* to, unsigned field, uint64_t offset) {
  to = put_varint(put_varint(to, field << 3 | 2), 2 + 1 + varint_bytes(offset));
  return put_number(put_number(to, 1, 1), 2, offset);
}

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

enum {
  frame_bytes_max = 32 << 10,
  name_bytes_max = 64,
  id_bytes_max = 64,
  unread_bytes_max = 256 << 10,  ///< a member that leaves more unread is closed
  envelope_bytes_max = 192,      ///< of an event, besides its text
};

struct buffer {
  uint8_t* data;
  size_t size;
  size_t capacity;
};

struct name {
  uint8_t size;
  uint8_t text[name_bytes_max];
};

struct room {
  struct room* next;  ///< of its bucket
  struct room* next_spoken;
  bool spoken;  ///< `news` waits for the end of the round
  struct name name;
  uint64_t newest;  ///< offset of its last message
  struct buffer news;
  struct connection** members;
  uint32_t count;
  uint32_t capacity;
};

struct connection {
  int fd;
  uint32_t index;           ///< among its room's members
  struct room* room;        ///< NULL: not joined
  struct buffer unread;     ///< the beginning of a frame
  struct buffer output;     ///< its own answers, and what a short write left over
  struct connection* next;  ///< of those with answers, or of those that ended
  bool listed;              ///< in one of the two
  bool blocked;             ///< the socket is full
  bool ended;
  struct name user;
};

/// A round is what one `epoll_wait` told: output goes out at its end.
extern uint64_t round_ms;  ///< Unix time

void* reallocate(void* memory, size_t size);
void append(struct buffer* self, struct bytes what);
void release(struct buffer* self);

struct room* room_of(const struct name* name);
void room_enter(struct room* self, struct connection* member);

/// An event for all members, @p content in @p field.
void room_say(struct room* self, unsigned field, struct bytes content);

/// An event for one connection.
void answer(struct connection* self, uint64_t request, unsigned field, struct bytes content);

/// Writes the connection's own output and @p news, or keeps them.
void deliver(struct connection* self, struct bytes news);

/// Closes it; it is freed at the end of the round.
void connection_end(struct connection* self);
void end_round(void);

/// False: that was no command, or not at this time.
bool take_command(struct connection* self, struct bytes frame);

static inline struct bytes name_bytes(const struct name* self) {
  return (struct bytes){self->text, self->size};
}

#pragma once

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "message.h"
#include "options.h"

/// One connection. Its state is three positions in its endless stream of messages.
struct connection {
  int fd;  ///< -1: not opened yet, or given up
  uint32_t id;
  bool connecting;
  bool wants_write;     ///< the last write was short: EPOLLOUT is on
  uint64_t due;         ///< messages that were told to be sent
  uint64_t sent;        ///< bytes written
  uint64_t received;    ///< bytes that came back, all checked
  uint64_t started_ns;  ///< when the current burst was written (closed loop)
};

/// Each error gives up its connection, so the sum is the number of connections lost.
struct error_counts {
  uint64_t connect;        ///< refused, timed out, or no echo of the first message
  uint64_t closed;         ///< end of stream while the server should be there
  uint64_t io;             ///< reset and the like
  uint64_t wrong_bytes;    ///< what came back differs from what was sent
  uint64_t surplus_bytes;  ///< more came back than was sent
};

/// All connections, the epoll descriptor they share, one buffer for reads and writes.
struct fleet {
  const struct options* options;
  struct message_shape shape;
  struct addrinfo* address;
  int epoll_fd;
  struct connection* all;
  uint32_t opened;  ///< connections [0, opened) were opened
  uint8_t* buffer;
  size_t buffer_bytes;
  struct error_counts errors;
};

enum { fleet_events_max = 512 };

/// Ends the program with exit code 2 if the address cannot be resolved or the limit of open
/// files is too low.
void fleet_init(struct fleet* self, const struct options* options);
void fleet_close(struct fleet* self);

/// Opens connections until `count` are open, and echoes one message on each. A few at a time,
/// so that the server's accept queue never overflows. Bounded by 60 s.
void fleet_open(struct fleet* self, uint32_t count);

/// Writes what is due and fits the buffer with one system call.
void fleet_flush(struct fleet* self, struct connection* connection);

/// One read; checks each byte. Returns how many messages became complete: those are the
/// sequences before `connection->received / shape.wire_bytes`.
uint64_t fleet_receive(struct fleet* self, struct connection* connection);

/// Handles one event: writes the rest of a short write, then receives as above.
uint64_t fleet_handle(struct fleet* self, const struct epoll_event* event);

uint64_t fleet_error_count(const struct fleet* self);

static inline uint64_t connection_answered(const struct fleet* fleet,
                                           const struct connection* connection) {
  return connection->received / fleet->shape.wire_bytes;
}

#include "fleet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

// -- setup ----------------------------------------------------------------------------------------

enum { descriptors_besides = 16, buffer_bytes_min = 64 << 10 };

static void setup_failed(const char* format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void setup_failed(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("bench-generator: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(2);
}

static void raise_descriptor_limit(uint32_t connections) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < (rlim_t)connections + descriptors_besides)
    setup_failed("%u connections need %u open files, the hard limit is %llu", connections,
                 connections + descriptors_besides, (unsigned long long)limit.rlim_cur);
}

static void* allocate(size_t count, size_t size) {
  void* memory = calloc(count, size);
  if (!memory)
    setup_failed("out of memory");
  return memory;
}

void fleet_init(struct fleet* self, const struct options* options) {
  *self = (struct fleet){.options = options};
  raise_descriptor_limit(options->connections);
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  int error = getaddrinfo(options->host, options->port, &hints, &self->address);
  if (error)
    setup_failed("%s:%s: %s", options->host, options->port, gai_strerror(error));
  message_shape_init(&self->shape, options->framing, options->typed, options->size);
  self->buffer_bytes = self->shape.wire_bytes * options->depth;
  if (self->buffer_bytes < buffer_bytes_min)
    self->buffer_bytes = buffer_bytes_min;
  self->buffer = allocate(self->buffer_bytes, 1);
  self->all = allocate(options->connections, sizeof *self->all);
  for (uint32_t id = 0; id < options->connections; id++) {
    self->all[id].id = id;
    self->all[id].fd = -1;
  }
  self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    setup_failed("epoll_create1: %s", strerror(errno));
}

static void connection_close(struct connection* connection) {
  // A reset leaves no TIME_WAIT behind: tens of thousands of those would slow the next run.
  struct linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(connection->fd);
  connection->fd = -1;
}

void fleet_close(struct fleet* self) {
  for (uint32_t id = 0; id < self->opened; id++)
    if (self->all[id].fd >= 0)
      connection_close(&self->all[id]);
  close(self->epoll_fd);
  free(self->all);
  free(self->buffer);
  message_shape_free(&self->shape);
  freeaddrinfo(self->address);
}

// -- errors ---------------------------------------------------------------------------------------

uint64_t fleet_error_count(const struct fleet* self) {
  const struct error_counts* errors = &self->errors;
  return errors->connect + errors->closed + errors->io + errors->wrong_bytes +
         errors->surplus_bytes;
}

static void give_up(struct fleet* self, struct connection* connection, uint64_t* counter,
                    const char* format, ...) __attribute__((format(printf, 4, 5)));

static void give_up(struct fleet* self, struct connection* connection, uint64_t* counter,
                    const char* format, ...) {
  enum { errors_printed_max = 5 };
  if (fleet_error_count(self) < errors_printed_max) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "bench-generator: connection %u: ", connection->id);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
  }
  ++*counter;
  connection_close(connection);
}

// -- input and output -----------------------------------------------------------------------------

static void watch(struct fleet* self, struct connection* connection, int operation, bool write) {
  struct epoll_event event = {.events = write ? EPOLLIN | EPOLLOUT : EPOLLIN,
                              .data.ptr = connection};
  if (epoll_ctl(self->epoll_fd, operation, connection->fd, &event) != 0)
    setup_failed("epoll_ctl: %s", strerror(errno));
  connection->wants_write = write;
}

void fleet_flush(struct fleet* self, struct connection* connection) {
  uint64_t end = connection->due * self->shape.wire_bytes;
  if (connection->fd < 0 || connection->sent == end)
    return;
  size_t size = self->buffer_bytes;
  if (end - connection->sent < size)
    size = (size_t)(end - connection->sent);
  message_stream_write(&self->shape, connection->id, connection->sent, self->buffer, size);
  ssize_t written = send(connection->fd, self->buffer, size, MSG_NOSIGNAL);
  if (written < 0 && errno != EAGAIN && errno != EINTR) {
    give_up(self, connection, &self->errors.io, "write: %s", strerror(errno));
    return;
  }
  if (written > 0)
    connection->sent += (uint64_t)written;
  bool rest = connection->sent < end;
  if (rest != connection->wants_write)
    watch(self, connection, EPOLL_CTL_MOD, rest);
}

static void report_mismatch(struct fleet* self, struct connection* connection, size_t size,
                            size_t wrong) {
  uint8_t expected;
  uint64_t position = connection->received + wrong;
  message_stream_write(&self->shape, connection->id, position, &expected, 1);
  give_up(self, connection, &self->errors.wrong_bytes,
          "message %llu, byte %llu of its %zu: 0x%02x instead of 0x%02x (in a read of %zu bytes)",
          (unsigned long long)(position / self->shape.wire_bytes),
          (unsigned long long)(position % self->shape.wire_bytes), self->shape.wire_bytes,
          self->buffer[wrong], expected, size);
}

uint64_t fleet_receive(struct fleet* self, struct connection* connection) {
  ssize_t got = recv(connection->fd, self->buffer, self->buffer_bytes, 0);
  if (got < 0) {
    if (errno != EAGAIN && errno != EINTR)
      give_up(self, connection, &self->errors.io, "read: %s", strerror(errno));
    return 0;
  }
  if (got == 0) {
    give_up(self, connection, &self->errors.closed, "closed by the server");
    return 0;
  }
  size_t size = (size_t)got;
  if (connection->received + size > connection->sent) {
    give_up(self, connection, &self->errors.surplus_bytes, "%llu bytes more than were sent",
            (unsigned long long)(connection->received + size - connection->sent));
    return 0;
  }
  size_t wrong = message_stream_mismatch(&self->shape, connection->id, connection->received,
                                         self->buffer, size);
  if (wrong < size) {
    report_mismatch(self, connection, size, wrong);
    return 0;
  }
  uint64_t before = connection_answered(self, connection);
  connection->received += size;
  return connection_answered(self, connection) - before;
}

uint64_t fleet_handle(struct fleet* self, const struct epoll_event* event) {
  struct connection* connection = event->data.ptr;
  if (connection->fd >= 0 && (event->events & EPOLLOUT))
    fleet_flush(self, connection);
  if (connection->fd >= 0 && (event->events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
    return fleet_receive(self, connection);
  return 0;
}

// -- opening --------------------------------------------------------------------------------------

/// Connections to 127.0.0.0/8 come from several addresses of it: one address has 28,000 ports.
static void bind_source(const struct fleet* self, const struct connection* connection) {
  enum { connections_per_source = 4000 };
  const struct sockaddr_in* target = (const struct sockaddr_in*)self->address->ai_addr;
  if (target->sin_family != AF_INET || ntohl(target->sin_addr.s_addr) >> 24 != 127)
    return;
  struct sockaddr_in source = {.sin_family = AF_INET};
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + connection->id / connections_per_source);
  int on = 1;  // the port is chosen by connect, for this destination
  setsockopt(connection->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(connection->fd, (struct sockaddr*)&source, sizeof source) != 0)
    setup_failed("bind: %s", strerror(errno));
}

/// False if the connection failed at once.
static bool connection_open(struct fleet* self, struct connection* connection) {
  connection->fd = socket(self->address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection->fd < 0)
    setup_failed("socket: %s", strerror(errno));
  bind_source(self, connection);
  int on = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(connection->fd, self->address->ai_addr, self->address->ai_addrlen) != 0 &&
      errno != EINPROGRESS) {
    give_up(self, connection, &self->errors.connect, "connect: %s", strerror(errno));
    return false;
  }
  connection->connecting = true;
  connection->due = 1;
  watch(self, connection, EPOLL_CTL_ADD, true);  // writable = connected
  return true;
}

/// True when the connection needs no more care: open and echoed, or given up.
static bool opening_ended(struct fleet* self, const struct epoll_event* event) {
  struct connection* connection = event->data.ptr;
  if (connection_answered(self, connection) > 0) {  // an older one: closed by the server?
    fleet_handle(self, event);
    return false;
  }
  if (connection->connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
      give_up(self, connection, &self->errors.connect, "connect: %s", strerror(error));
      return true;
    }
    connection->connecting = false;
  }
  return fleet_handle(self, event) > 0 || connection->fd < 0;
}

static void give_up_unopened(struct fleet* self, uint32_t count) {
  for (uint32_t id = 0; id < count; id++) {
    struct connection* connection = &self->all[id];
    if (connection->fd >= 0 && connection_answered(self, connection) == 0)
      give_up(self, connection, &self->errors.connect, "no echo of the first message in time");
  }
  self->errors.connect += count - self->opened;
  self->opened = count;
}

void fleet_open(struct fleet* self, uint32_t count) {
  enum { pending_max = 128, open_deadline_s = 60 };
  struct epoll_event events[pending_max];
  uint64_t deadline = clock_ns() + open_deadline_s * NS_PER_S;
  uint32_t pending = 0;
  while (self->opened < count || pending > 0) {
    while (self->opened < count && pending < pending_max)
      pending += connection_open(self, &self->all[self->opened++]);
    int ready = epoll_wait(self->epoll_fd, events, pending_max, 100);
    for (int i = 0; i < ready; i++)
      pending -= opening_ended(self, &events[i]);
    if (clock_ns() > deadline) {
      give_up_unopened(self, count);
      return;
    }
  }
}

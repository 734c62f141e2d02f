// Echo server on raw epoll, edge-triggered: per readiness one read of up to 64 KiB into a shared
// buffer and one write. What every other server here is compared with.
//
// A connection that took all of its input needs no memory but its 32 bytes; a short write keeps
// the rest in a heap block, and reading stops until that is written.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { buffer_bytes = 64 << 10, events_max = 512 };

struct connection {
  int fd;
  bool at_end;  ///< the peer has said all: close when `rest` is written
  uint32_t rest_bytes;
  uint32_t rest_done;
  uint8_t* rest;  ///< what a short write left over, or NULL
};

static int epoll_fd;
static int listen_fd;
static bool accepting;
static uint8_t buffer[buffer_bytes];

static void die(const char* what) {
  perror(what);
  exit(1);
}

static void watch(int fd, uint32_t events, void* context) {
  struct epoll_event event = {.events = events, .data.ptr = context};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    die("epoll_ctl");
}

static void start_accepting(void) {
  watch(listen_fd, EPOLLIN, NULL);
  accepting = true;
}

static void stop_accepting(void) {
  epoll_ctl(epoll_fd, EPOLL_CTL_DEL, listen_fd, NULL);
  accepting = false;
}

static void connection_close(struct connection* self) {
  close(self->fd);
  free(self->rest);
  free(self);
  if (!accepting)  // a descriptor is free again
    start_accepting();
}

// -- echo -----------------------------------------------------------------------------------------

enum outcome { outcome_done, outcome_blocked, outcome_failed };

static ssize_t write_some(int fd, const uint8_t* data, size_t size) {
  ssize_t written = send(fd, data, size, MSG_NOSIGNAL);
  return written < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : written;
}

static enum outcome keep_rest(struct connection* self, const uint8_t* data, size_t size) {
  self->rest = malloc(size);
  if (!self->rest)
    return outcome_failed;
  memcpy(self->rest, data, size);
  self->rest_bytes = (uint32_t)size;
  self->rest_done = 0;
  return outcome_blocked;
}

static enum outcome write_rest(struct connection* self) {
  ssize_t written =
      write_some(self->fd, self->rest + self->rest_done, self->rest_bytes - self->rest_done);
  if (written < 0)
    return outcome_failed;
  self->rest_done += (uint32_t)written;
  if (self->rest_done < self->rest_bytes)
    return outcome_blocked;
  free(self->rest);
  self->rest = NULL;
  return outcome_done;
}

/// One read and one write. A read that filled the buffer, or met the end of the stream behind
/// its data, must be followed by another: the edge does not come again.
static enum outcome echo_once(struct connection* self, bool end_is_near, bool* more) {
  *more = false;
  ssize_t got = recv(self->fd, buffer, sizeof buffer, 0);
  if (got < 0)
    return errno == EAGAIN ? outcome_done : outcome_failed;
  if (got == 0) {
    self->at_end = true;
    return outcome_done;
  }
  *more = got == sizeof buffer || end_is_near;
  ssize_t written = write_some(self->fd, buffer, (size_t)got);
  if (written < 0)
    return outcome_failed;
  if (written < got)
    return keep_rest(self, buffer + written, (size_t)(got - written));
  return outcome_done;
}

static void serve(struct connection* self, uint32_t events) {
  enum outcome outcome = outcome_done;
  bool more = events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP);
  bool end_is_near = events & EPOLLRDHUP;
  if (self->rest) {
    outcome = write_rest(self);
    more = end_is_near = true;  // edges that came meanwhile were left alone: look to EAGAIN
  }
  while (outcome == outcome_done && more && !self->at_end)
    outcome = echo_once(self, end_is_near, &more);
  if (outcome == outcome_failed || (outcome == outcome_done && self->at_end))
    connection_close(self);
}

// -- accept ---------------------------------------------------------------------------------------

static void accept_all(void) {
  for (;;) {
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EMFILE || errno == ENFILE)
        stop_accepting();  // until a connection closes
      return;
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection* connection = calloc(1, sizeof *connection);
    if (!connection)
      die("calloc");
    connection->fd = fd;
    // Both directions once and for all: EPOLLOUT fires on its own only after a full buffer.
    watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, connection);
  }
}

static void listen_on(uint16_t port) {
  listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  setsockopt(listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listen_fd, (struct sockaddr*)&address, size) != 0 || listen(listen_fd, SOMAXCONN) != 0)
    die("listen");
  getsockname(listen_fd, (struct sockaddr*)&address, &size);
  printf("listening tcp://127.0.0.1:%u\n", ntohs(address.sin_port));
  fflush(stdout);
}

static void raise_descriptor_limit(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char** argv) {
  if (argc != 3 || strcmp(argv[1], "--port") != 0) {
    fprintf(stderr, "usage: %s --port N\n", argv[0]);
    return 2;
  }
  raise_descriptor_limit();
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  listen_on((uint16_t)atoi(argv[2]));
  start_accepting();
  struct epoll_event events[events_max];
  for (;;) {
    int ready = epoll_wait(epoll_fd, events, events_max, -1);
    if (ready < 0 && errno != EINTR)
      die("epoll_wait");
    for (int i = 0; i < ready; i++) {
      if (events[i].data.ptr)
        serve(events[i].data.ptr, events[i].events);
      else
        accept_all();
    }
  }
}

// Chat broadcaster on raw epoll: what a room's members say within one round of readiness is encoded
// once and goes to each member in one write, straight from the room's buffer. Hello, Join (one room
// a connection) and Publish of proto/schemas/actornet/chat/v1/chat.proto; all else ends a
// connection.
//
// A connection that took all of its output needs no buffer; a short write keeps the rest in a heap
// block, and a member that leaves more than 256 KiB unread is closed.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

enum { events_max = 512, input_bytes = 64 << 10, varint_bytes_max = 10 };

uint64_t round_ms;
static int epoll_fd;
static int listen_fd;

static void die(const char* what) {
  perror(what);
  exit(1);
}

// -- input ----------------------------------------------------------------------------------------

/// Takes complete frames. What is left is the beginning of one.
static bool take_frames(struct connection* self, struct bytes* input) {
  for (;;) {
    struct bytes rest = *input;
    uint64_t size;
    if (!take_varint(&rest, &size))
      return input->size < varint_bytes_max;
    if (size > frame_bytes_max)
      return false;
    if (size > rest.size)
      return true;
    if (!take_command(self, (struct bytes){rest.data, (size_t)size}))
      return false;
    *input = (struct bytes){rest.data + size, rest.size - (size_t)size};
  }
}

static bool take_input(struct connection* self, struct bytes got) {
  if (self->unread.size == 0) {
    if (!take_frames(self, &got))
      return false;
    append(&self->unread, got);
    return true;
  }
  append(&self->unread, got);
  struct bytes all = {self->unread.data, self->unread.size};
  if (!take_frames(self, &all))
    return false;
  memmove(self->unread.data, all.data, all.size);
  self->unread.size = all.size;
  if (all.size == 0)
    release(&self->unread);
  return true;
}

static void serve(struct connection* self, uint32_t events) {
  static uint8_t buffer[input_bytes];
  if (self->ended)
    return;
  if (self->blocked && (events & EPOLLOUT)) {
    self->blocked = false;
    deliver(self, (struct bytes){0});
  }
  bool more = events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP);
  while (more && !self->ended) {
    ssize_t got = recv(self->fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN)
      return;
    if (got <= 0 || !take_input(self, (struct bytes){buffer, (size_t)got}))
      connection_end(self);
    more = got == sizeof buffer || events & EPOLLRDHUP;  // the edge does not come again
  }
}

// -- accept ---------------------------------------------------------------------------------------

static void watch(int fd, uint32_t events, void* context) {
  struct epoll_event event = {.events = events, .data.ptr = context};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    die("epoll_ctl");
}

static void accept_all(void) {
  int fd;
  while ((fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection* connection = reallocate(NULL, sizeof *connection);
    *connection = (struct connection){.fd = fd};
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
  watch(listen_fd, EPOLLIN, NULL);
}

static void raise_descriptor_limit(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static uint64_t unix_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int main(int argc, char** argv) {
  if (argc != 3 || strcmp(argv[1], "--port") != 0) {
    fprintf(stderr, "usage: %s --port N\n", argv[0]);
    return 2;
  }
  raise_descriptor_limit();
  signal(SIGPIPE, SIG_IGN);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  listen_on((uint16_t)atoi(argv[2]));
  struct epoll_event events[events_max];
  for (;;) {
    int ready = epoll_wait(epoll_fd, events, events_max, -1);
    if (ready < 0 && errno != EINTR)
      die("epoll_wait");
    round_ms = unix_ms();
    for (int i = 0; i < ready; i++) {
      if (events[i].data.ptr)
        serve(events[i].data.ptr, events[i].events);
      else
        accept_all();
    }
    end_round();
  }
}

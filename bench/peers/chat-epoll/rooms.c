// Rooms, and what goes to their members: encoded once, one write each a round.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "server.h"

enum { buckets = 4096 };

static struct room* rooms[buckets];
static struct room* spoken;          ///< have news
static struct connection* answered;  ///< have output of their own
static struct connection* ended;     ///< to be freed at the end of the round

void* reallocate(void* memory, size_t size) {
  void* made = realloc(memory, size);
  if (!made) {
    perror("realloc");
    exit(1);
  }
  return made;
}

static uint8_t* reserve(struct buffer* self, size_t size) {
  if (self->size + size > self->capacity) {
    self->capacity = (self->size + size) * 2;
    self->data = reallocate(self->data, self->capacity);
  }
  return self->data + self->size;
}

void append(struct buffer* self, struct bytes what) {
  if (what.size == 0)
    return;
  memcpy(reserve(self, what.size), what.data, what.size);
  self->size += what.size;
}

void release(struct buffer* self) {
  free(self->data);
  *self = (struct buffer){0};
}

// -- rooms ----------------------------------------------------------------------------------------

static struct room* room_make(const struct name* name, struct room* next) {
  struct room* made = reallocate(NULL, sizeof *made);
  *made = (struct room){.name = *name, .next = next};
  return made;
}

struct room* room_of(const struct name* name) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < name->size; i++)
    hash = (hash ^ name->text[i]) * 16777619u;
  struct room** place = &rooms[hash % buckets];
  for (struct room* each = *place; each; each = each->next)
    if (each->name.size == name->size && memcmp(each->name.text, name->text, name->size) == 0)
      return each;
  return *place = room_make(name, *place);
}

void room_enter(struct room* self, struct connection* member) {
  if (self->count == self->capacity) {
    self->capacity = self->capacity ? self->capacity * 2 : 8;
    self->members = reallocate(self->members, self->capacity * sizeof *self->members);
  }
  member->room = self;
  member->index = self->count;
  self->members[self->count++] = member;
}

void connection_end(struct connection* self) {
  if (self->ended)
    return;
  self->ended = true;
  close(self->fd);
  if (self->room) {
    struct connection* last = self->room->members[--self->room->count];
    last->index = self->index;
    self->room->members[self->index] = last;
  }
  if (self->listed)
    return;  // the round's end frees it
  self->listed = true;
  self->next = ended;
  ended = self;
}

// -- output ---------------------------------------------------------------------------------------

static void put_event(struct buffer* into, uint64_t request, unsigned field, struct bytes content) {
  uint8_t* begin = reserve(into, content.size + envelope_bytes_max);
  size_t size = 1 + varint_bytes(content.size) + content.size;
  if (request)
    size += 1 + varint_bytes(request);
  uint8_t* to = put_varint(begin, size);
  if (request)
    to = put_number(to, 1, request);
  to = put_content(to, field, content);
  into->size += (size_t)(to - begin);
}

void room_say(struct room* self, unsigned field, struct bytes content) {
  put_event(&self->news, 0, field, content);
  if (self->spoken)
    return;
  self->spoken = true;
  self->next_spoken = spoken;
  spoken = self;
}

void answer(struct connection* self, uint64_t request, unsigned field, struct bytes content) {
  put_event(&self->output, request, field, content);
  if (self->listed)
    return;
  self->listed = true;
  self->next = answered;
  answered = self;
}

static void keep(struct connection* self, struct bytes news) {
  append(&self->output, news);
  if (self->output.size > unread_bytes_max)
    connection_end(self);
}

static void drop_sent(struct buffer* self, size_t size) {
  if (size == self->size)
    return release(self);
  memmove(self->data, self->data + size, self->size - size);
  self->size -= size;
}

static ssize_t send_both(int fd, struct bytes first, struct bytes second) {
  if (first.size == 0)
    return send(fd, second.data, second.size, MSG_NOSIGNAL);
  struct iovec parts[] = {{(void*)first.data, first.size}, {(void*)second.data, second.size}};
  return writev(fd, parts, 2);
}

void deliver(struct connection* self, struct bytes news) {
  if (self->ended)
    return;
  if (self->blocked)
    return keep(self, news);
  struct bytes own = {self->output.data, self->output.size};
  ssize_t written = send_both(self->fd, own, news);
  if (written < 0 && errno != EAGAIN)
    return connection_end(self);
  size_t done = written < 0 ? 0 : (size_t)written;
  self->blocked = done < own.size + news.size;
  size_t of_own = done < own.size ? done : own.size;
  drop_sent(&self->output, of_own);
  keep(self, (struct bytes){news.data + (done - of_own), news.size - (done - of_own)});
}

static void connection_free(struct connection* self) {
  release(&self->unread);
  release(&self->output);
  free(self);
}

void end_round(void) {
  for (struct room* room = spoken; room; room = room->next_spoken) {
    struct bytes news = {room->news.data, room->news.size};
    for (uint32_t i = room->count; i-- > 0;)  // from the end: a member that goes moves the last
      deliver(room->members[i], news);
    room->news.size = 0;
    room->spoken = false;
  }
  spoken = NULL;
  while (answered) {
    struct connection* self = answered;
    answered = self->next;
    self->listed = false;
    if (!self->ended && self->output.size > 0 && !self->blocked)
      deliver(self, (struct bytes){0});
    else if (self->ended)
      connection_free(self);
  }
  while (ended) {
    struct connection* self = ended;
    ended = self->next;
    connection_free(self);
  }
}

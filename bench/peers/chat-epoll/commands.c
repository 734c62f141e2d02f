// The commands of chat.proto that this server knows: Hello, Join, Publish.

#include "server.h"

enum { heartbeat_ms = 30000 };

static bool name_set(struct name* self, struct bytes from) {
  if (from.size == 0 || from.size > name_bytes_max)
    return false;
  self->size = (uint8_t)from.size;
  memcpy(self->text, from.data, from.size);
  return true;
}

static bool hello(struct connection* self, uint64_t request, struct bytes command) {
  uint64_t number, value;
  struct bytes content;
  while (take_field(&command, &number, &value, &content))
    if (number == 3 && !name_set(&self->user, content))
      return false;
  if (self->user.size == 0)
    return false;
  uint8_t welcome[envelope_bytes_max];
  uint8_t* end = put_content(welcome, 1, name_bytes(&self->user));
  end = put_number(put_number(end, 3, heartbeat_ms), 5, 1);
  end = put_number(end, 6, frame_bytes_max / 2);
  answer(self, request, 2, (struct bytes){welcome, (size_t)(end - welcome)});
  return true;
}

static bool join(struct connection* self, uint64_t request, struct bytes command) {
  uint64_t number, value;
  struct bytes content;
  struct name name = {0};
  while (take_field(&command, &number, &value, &content))
    if (number == 1 && !name_set(&name, content))
      return false;
  if (self->room || self->user.size == 0 || name.size == 0)
    return false;
  struct room* room = room_of(&name);
  room_enter(room, self);
  uint8_t joined[envelope_bytes_max];
  uint8_t* end = put_content(joined, 1, name_bytes(&name));
  end = put_position(end, 2, room->newest);
  answer(self, request, 3, (struct bytes){joined, (size_t)(end - joined)});
  return true;
}

static void say(struct connection* from, struct bytes id, struct bytes text) {
  static uint8_t message[frame_bytes_max + 2 * envelope_bytes_max];
  struct room* room = from->room;
  room->newest++;
  uint8_t* end = put_content(message, 1, name_bytes(&room->name));
  end = put_position(end, 2, room->newest);
  end = put_content(end, 3, name_bytes(&from->user));
  end = put_content(end, 4, id);
  end = put_number(end, 5, round_ms);
  end = put_content(end, 6, text);
  room_say(room, 10, (struct bytes){message, (size_t)(end - message)});
}

static bool publish(struct connection* self, uint64_t request, struct bytes command) {
  uint64_t number, value;
  struct bytes content, room = {0}, id = {0}, text = {0};
  while (take_field(&command, &number, &value, &content)) {
    struct bytes* into = number == 1 ? &room : number == 2 ? &id : number == 3 ? &text : &content;
    *into = content;
  }
  if (!self->room || id.size > id_bytes_max || room.size != self->room->name.size ||
      memcmp(room.data, self->room->name.text, room.size) != 0)
    return false;
  say(self, id, text);
  uint8_t published[envelope_bytes_max];
  uint8_t* end = put_content(put_content(published, 1, room), 2, id);
  end = put_position(end, 3, self->room->newest);
  answer(self, request, 5, (struct bytes){published, (size_t)(end - published)});
  return true;
}

bool take_command(struct connection* self, struct bytes frame) {
  uint64_t number, value, request = 0;
  struct bytes content;
  while (take_field(&frame, &number, &value, &content)) {
    if (number == 1)
      request = value;
    else if (number == 2   ? !hello(self, request, content)
             : number == 3 ? !join(self, request, content)
             : number == 5 ? !publish(self, request, content)
                           : true)
      return false;
  }
  return true;
}

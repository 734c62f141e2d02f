// What the fake server keeps of its rooms. With `keep` a restart finds it again.

let epochs = 100;

export class FakeRooms {
  #rooms = new Map();

  constructor(keptMax = 1000) {
    this.keptMax = keptMax;
  }

  get(name) {
    if (!this.#rooms.has(name))
      this.#rooms.set(name, { name, epoch: String(++epochs), messages: [], count: 0,
        ids: new Map(), members: new Set() });
    return this.#rooms.get(name);
  }

  get all() {
    return [...this.#rooms.values()];
  }

  position(room, offset = room.count) {
    return { epoch: room.epoch, offset: String(offset) };
  }

  // {message, again}: a known id gets the first one.
  publish(room, user, id, text) {
    const key = `${user}/${id}`;
    const known = room.ids.get(key);
    if (known) return { message: known, again: true };
    room.count += 1;
    const message = { room: room.name, position: this.position(room), user, id, text,
      timeMs: String(Date.now()) };
    room.ids.set(key, message);
    room.messages.push(message);
    room.messages.splice(0, room.messages.length - this.keptMax);
    return { message, again: false };
  }

  // Events for who had everything up to `after`.
  missed(room, after) {
    const events = [];
    const gap = (offset, reason) => events.push({ gap: { room: room.name, from: after,
      to: this.position(room, offset), reason: `GAP_REASON_${reason}` } });
    const first = room.count - room.messages.length;
    if (after.epoch !== room.epoch) gap(first, "NEW_EPOCH");
    else if (Number(after.offset) < first) gap(first, "NOT_KEPT");
    const from = after.epoch === room.epoch ? Number(after.offset) : 0;
    for (const message of room.messages)
      if (Number(message.position.offset) > from) events.push({ message });
    return events;
  }

  names(room) {
    return [...new Set([...room.members].map(({ user }) => user))].sort();
  }
}

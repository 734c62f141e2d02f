// What a client has of one room: where it stands, what it drops as known, and which holes it tells.
// Positions are {epoch: decimal string, offset: number}; see docs/protocol.md, "Positions".

export function positionOf(wire) {
  return { epoch: wire?.epoch ?? "0", offset: Number(wire?.offset ?? 0) };
}

export function wireOf(position) {
  return { epoch: position.epoch, offset: String(position.offset) };
}

const hole = (from, to, reason) => ({ from, to, reason });

export class RoomPositions {
  #last; // of what was handed on, or what a gap covered; null: nothing yet
  #newest = null; // the room's at the first Joined, as long as #last is null

  constructor(after = null) {
    this.#last = after;
  }

  // What to resume from; null: nothing yet.
  get last() {
    return this.#last;
  }

  // `asked`: how many old messages the join asked for. They come after this, in order.
  joined(newest, asked) {
    if (this.#last) return;
    if (newest.offset === 0 || asked === 0) this.#last = this.#newest ?? newest;
    else this.#newest ??= newest;
  }

  // What to do with a message at `position`: {gap: what is missing before it or null, fresh}.
  message(position) {
    const gap = this.#before(position);
    const last = this.#last;
    if (last && last.epoch === position.epoch && position.offset <= last.offset)
      return { gap: null, fresh: false };
    this.#last = position;
    this.#newest = null;
    return { gap, fresh: true };
  }

  // Whether a gap up to `to` says something new.
  gap(to) {
    const last = this.#last;
    if (last && last.epoch === to.epoch && to.offset <= last.offset) return false;
    this.#last = to;
    this.#newest = null;
    return true;
  }

  #before(position) {
    const known = this.#last ?? this.#newest;
    if (!known) return null;
    const to = { epoch: position.epoch, offset: position.offset - 1 };
    if (known.epoch !== position.epoch) return hole(known, to, "new_epoch");
    return position.offset > known.offset + 1 ? hole(known, to, "unknown") : null;
  }
}

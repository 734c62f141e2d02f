// Messages on their way to be published: in order, bounded, each until its answer. What was sent on
// a connection that is lost is sent again with the same id, so the server knows it.

import { ChatError } from "./connection.js";

const inFlightMax = 16;
const unsentBytesMax = 64 * 1024; // more is not handed to a network that does not take it

export class Outbox {
  #entries = []; // {command: {room, id, text}, sent, resolve, reject}
  #entriesMax;
  #inFlight = 0;

  constructor(entriesMax) {
    this.#entriesMax = entriesMax;
  }

  get waitsForAnswers() {
    return this.#inFlight > 0;
  }

  // Promises {id, position, again}. Rejects at once when there are too many.
  add(command) {
    const { id } = command;
    if (this.#entries.length >= this.#entriesMax)
      return Promise.reject(new ChatError("queue_full", "too many unsent messages", { id }));
    return new Promise((resolve, reject) => {
      this.#entries.push({ command, sent: false, resolve, reject });
    });
  }

  // The next to send, counted as sent; null: none now.
  takeNext(unsentBytes, isJoined) {
    if (this.#inFlight >= inFlightMax || unsentBytes > unsentBytesMax) return null;
    const next = this.#entries.find((entry) => !entry.sent && isJoined(entry.command.room));
    if (!next) return null;
    next.sent = true;
    this.#inFlight += 1;
    return next;
  }

  answered(entry, error, position, again) {
    if (!entry.sent) return; // it failed meanwhile: the room was left
    this.#inFlight -= 1;
    entry.sent = false;
    const { id } = entry.command;
    if (error) this.#fail([entry], error);
    else this.#remove([entry]).forEach(({ resolve }) => resolve({ id, position, again }));
  }

  connectionLost() {
    this.#inFlight = 0;
    for (const entry of this.#entries) entry.sent = false;
  }

  failRoom(room, error) {
    this.#fail(this.#entries.filter(({ command }) => command.room === room), error);
  }

  failAll(error) {
    this.#fail(this.#entries, error);
  }

  #fail(entries, { code, message, retryAfterMs }) {
    for (const { command, reject } of this.#remove(entries))
      reject(new ChatError(code, message, { retryAfterMs, id: command.id }));
  }

  // Those of `entries` that are still here, which they are no longer.
  #remove(entries) {
    const gone = this.#entries.filter((entry) => entries.includes(entry));
    this.#inFlight -= gone.filter(({ sent }) => sent).length;
    this.#entries = this.#entries.filter((entry) => !entries.includes(entry));
    for (const entry of gone) entry.sent = false;
    return gone;
  }
}

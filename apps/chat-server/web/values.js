// What the protocol's messages are to users of the client, and small helpers.

import { positionOf } from "./positions.js";

export function messageOf({ room, position, user, id, timeMs, text }) {
  return { room, position: positionOf(position), user, id, time: Number(timeMs), text };
}

export function welcomeOf(body) {
  return { ...body, tokenExpiresMs: Number(body.tokenExpiresMs) };
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A promise and what settles it.
export function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

// Tells those who wait for a room to be joined; an `error`: that it is not.
export function settle(room, error) {
  for (const { resolve, reject } of room.waiting.splice(0))
    error ? reject(error) : resolve(room.answer);
}

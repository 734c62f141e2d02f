// The client against a small model of a server, under random losses, restarts and publishes: what it
// tells is, with the gaps, all that was published, in order and once. One seed a run.

import assert from "node:assert/strict";
import test from "node:test";

import { ChatClient } from "../../apps/chat-server/web/actornet-chat.js";
import { FakeRooms } from "./fake_rooms.mjs";
import { FakeWorld, settled } from "./fake_socket.mjs";

const seeds = Number(process.env.ACTORNET_SEEDS ?? 150);
const steps = 120;

function randomOf(seed) {
  let state = (seed * 2654435761) % 2147483647 || 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

class World {
  world = new FakeWorld();
  rooms = new FakeRooms(5);
  published = []; // {epoch, offset, id} in order
  told = []; // what the client told: messages and gaps
  said = 0;
  acknowledged = [];
  #out = []; // events on their way to the client
  #served = null; // the socket that they are for
  #member = false;

  constructor(seed) {
    this.random = randomOf(seed);
    this.client = new ChatClient("ws://model", { name: "ann", history: 3,
      format: seed % 2 ? "json" : "binary",
      environment: { ...this.world.environment, random: this.random } });
    this.client.on("message", (message) => this.told.push(message));
    this.client.on("gap", (gap) => this.told.push(gap));
    this.client.connect();
    this.client.join("tea");
  }

  get room() {
    return this.rooms.get("tea");
  }

  publish(user, id) {
    const { message, again } = this.rooms.publish(this.room, user, id, "x");
    if (!again) {
      this.published.push({ ...message.position, offset: Number(message.position.offset), id });
      if (this.#member) this.#out.push({ message });
    }
    return { room: "tea", id, position: message.position, again };
  }

  lose() {
    this.world.socket.lose();
    this.#out = [];
    this.#member = false;
  }

  // The server reads one command.
  async read() {
    const { socket } = this.world;
    if (socket !== this.#served) {
      this.#served = socket;
      this.#out = [];
      this.#member = false;
      socket.onopen?.();
      await settled();
    }
    const command = socket.sent.shift();
    if (!command) return;
    const { request } = command;
    const answer = (event) => this.#out.push({ request, ...event });
    if (command.hello) answer({ welcome: { user: "ann", heartbeatMs: 0, textBytesMax: 100 } });
    else if (command.join) this.#join(command.join, answer);
    else if (command.publish) {
      const published = this.publish("ann", command.publish.id);
      answer({ published });
    }
  }

  #join({ after, history }, answer) {
    const { room, rooms } = this;
    answer({ joined: { room: "tea", newest: rooms.position(room), members: {} } });
    const missed = after ? rooms.missed(room, after)
      : room.messages.slice(-history).map((message) => ({ message }));
    // Now and then it says something twice, which a server should not.
    const known = room.messages.find(({ position }) => position.offset === after?.offset);
    if (known && after.epoch === room.epoch && this.random() < 0.3)
      this.#out.push({ message: known });
    this.#out.push(...missed);
    this.#member = true;
  }

  deliver() {
    if (this.#out.length > 0) this.#served.deliver(this.#out.shift());
  }

  say(id) {
    this.said += 1;
    this.client.publish("tea", "x", { id }).then((done) => this.acknowledged.push(done), () => {});
  }

  async step(i) {
    const chance = this.random();
    if (chance < 0.3) await this.read();
    else if (chance < 0.65) this.deliver();
    else if (chance < 0.75) this.publish("bob", `b${i}`);
    else if (chance < 0.85) this.say(`a${i}`);
    else if (chance < 0.93) await this.world.advance(this.random() * 3000);
    else if (chance < 0.985) this.lose();
    else {
      this.rooms = new FakeRooms(5);
      this.lose();
    }
    await settled();
  }

  async calm() {
    for (let i = 0, quiet = 0; i < 400 && quiet < 3; i++) {
      const busy = this.#out.length > 0 || this.world.socket.sent.length > 0
        || this.client.state !== "open";
      quiet = busy ? 0 : quiet + 1;
      await this.read();
      this.deliver();
      await settled();
      if (this.client.state !== "open") await this.world.advance(1000);
    }
  }
}

// Each message of an epoch that the client was in is told once or lies in one gap.
function check({ told, published, said, acknowledged }) {
  assert.equal(acknowledged.length, said, "each is acknowledged in the end");
  const seen = new Set();
  let at = null; // the first one says where it begins
  for (const entry of told) {
    const from = entry.from ?? { ...entry.position, offset: entry.position.offset - 1 };
    if (at) assert.deepEqual(from, at, "begins where the one before ended");
    at = entry.to ?? entry.position;
    if (entry.to) continue;
    const key = `${at.epoch}/${at.offset}`;
    assert.ok(!seen.has(key), `${key} twice`);
    seen.add(key);
  }
  assert.deepEqual({ epoch: at.epoch, offset: at.offset },
    { epoch: published.at(-1).epoch, offset: published.at(-1).offset }, "up to the newest");
  for (const epoch of new Set(published.map((one) => one.epoch))) {
    const ids = published.filter((one) => one.epoch === epoch).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, "nothing is published twice in an epoch");
  }
  for (const { position, id } of acknowledged)
    assert.ok(published.some((one) => one.epoch === position.epoch
      && one.offset === position.offset && one.id === id), "acknowledged, so published");
}

test(`delivered and gaps are what was published, ${seeds} seeds`, async () => {
  let gaps = 0;
  let messages = 0;
  let acknowledged = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const made = new World(seed);
    try {
      for (let i = 0; i < steps; i++) await made.step(i);
      await made.calm();
      made.publish("bob", "last");
      await made.calm();
      check(made);
    } catch (error) {
      error.message = `seed ${seed}: ${error.message}`;
      throw error;
    }
    gaps += made.told.filter(({ from }) => from).length;
    messages += made.told.length;
    acknowledged += made.acknowledged.length;
    made.client.close();
  }
  assert.ok(gaps > seeds / 4 && messages > 5 * seeds && acknowledged > seeds,
    `${gaps} gaps, ${messages} messages, ${acknowledged} acknowledged: too little happened`);
});

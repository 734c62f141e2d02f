// A world for one client under test: sockets that the test plays the server of, and a clock that
// moves when the test says so.

import { decode, encode, ofJson } from "../../apps/chat-server/web/protobuf.js";

// What a client needs of promises that are settled: some turns of the microtask queue.
export async function settled() {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export class FakeWorld {
  sockets = [];
  time = 0;
  chance = 0.5;
  reported = [];
  #timers = [];
  #ids = 0;

  get environment() {
    const world = this;
    return {
      WebSocket: class extends FakeSocket {
        constructor(url, protocols) {
          super(url, protocols);
          world.sockets.push(this);
        }
      },
      setTimeout: (action, ms) => {
        const timer = { at: world.time + ms, action };
        world.#timers.push(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        world.#timers = world.#timers.filter((other) => other !== timer);
      },
      now: () => world.time,
      random: () => world.chance,
      randomBytes: (size) => new Uint8Array(size).fill(++world.#ids),
      report: (error) => world.reported.push(error),
    };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  // Moves the clock, timers in order.
  async advance(ms) {
    const end = this.time + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.time = Math.max(this.time, due.at);
      this.#timers = this.#timers.filter((other) => other !== due);
      due.action();
      await settled();
    }
    this.time = end;
  }
}

export class FakeSocket {
  bufferedAmount = 0;
  sent = []; // Commands, decoded
  closed = false;

  constructor(url, [protocol]) {
    this.url = url;
    this.binary = protocol === "actornet.chat.v1.protobuf";
  }

  send(data) {
    this.sent.push(this.binary ? decode("Command", data) : ofJson("Command", JSON.parse(data)));
  }

  close() {
    this.closed = true;
  }

  // -- the server's side -----------------------------------------------------------------------

  // The newest command of a kind that was not taken yet: {request, body}.
  take(kind) {
    const at = this.sent.findIndex((command) => command[kind]);
    if (at < 0) throw new Error(`no ${kind} among ${JSON.stringify(this.sent)}`);
    const [command] = this.sent.splice(at, 1);
    return { request: command.request, body: command[kind] };
  }

  count(kind) {
    return this.sent.filter((command) => command[kind]).length;
  }

  deliver(event) {
    const bytes = this.binary ? encode("Event", event) : JSON.stringify(event);
    this.onmessage?.({ data: this.binary ? bytes.buffer : bytes });
  }

  answer(kind, event) {
    const taken = this.take(kind);
    this.deliver({ request: taken.request, ...event });
    return taken.body;
  }

  fail(kind, code, more = {}) {
    return this.answer(kind, { failed: { code: `FAILURE_CODE_${code}`, ...more } });
  }

  lose(code = 1006) {
    this.onclose?.({ code, reason: "" });
  }

  async welcome(more = {}) {
    this.onopen();
    await settled();
    const hello = this.answer("hello", {
      welcome: { user: "ann", server: "s1", heartbeatMs: 30000, textBytesMax: 4096, ...more },
    });
    await settled();
    return hello;
  }

  async joined(newest = 0, epoch = "7") {
    const join = this.take("join");
    this.deliver({
      request: join.request,
      joined: {
        room: join.body.room, newest: { epoch, offset: newest }, members: { room: join.body.room },
      },
    });
    await settled();
    return join.body;
  }

  message(offset, text = `m${offset}`, { epoch = "7", room = "tea" } = {}) {
    this.deliver({
      message: { room, position: { epoch, offset }, user: "bob", id: `i${offset}`, text },
    });
  }
}

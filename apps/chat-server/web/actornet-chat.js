// A client of an actornet chat server, for browsers and for Node. actornet-chat.d.ts says what
// everything means; docs/protocol.md is the protocol.

import { Backoff } from "./backoff.js";
import { ChatError, Connection, errorOf, shortName } from "./connection.js";
import { systemEnvironment } from "./environment.js";
import { Outbox } from "./outbox.js";
import { positionOf, RoomPositions, wireOf } from "./positions.js";
import { deferred, hex, messageOf, settle, welcomeOf } from "./values.js";

export { ChatError };

const stableMs = 5_000; // a connection that lasted so long begins the waits anew
const drainGraceMs = 2_000; // for answers to what was sent before the server said it ends
const rejoinMs = 1_000; // at least, after a join that was refused for now
const typingRepeatMs = 2_000;
const fatalAtHello = new Set(["bad_command", "bad_token", "token_expired", "bad_name",
  "not_allowed", "unsupported_version"]);
const badToken = new Set(["bad_token", "token_expired"]);
const ofRooms = new Set(["members", "presence", "typing"]);
const forNow = new Set(["rate_limited", "unavailable", "queue_full"]);

export class ChatClient {
  #url;
  #options;
  #environment;
  #handlers = new Map(); // name -> Set of functions
  #state = "closed";
  #welcome = null;
  #connection = null;
  #openedAt = 0;
  #backoff;
  #timer = null; // of the next try, or of the end of a drain
  #comeBackAt = null; // what a draining server said
  #tokenRefused = false;
  #connecting = null; // {promise, resolve, reject} until the first welcome
  #rooms = new Map(); // name -> {name, positions, history, joined, asked, waiting: [{resolve, reject}]}
  #outbox;
  #typingSentAt = new Map();

  constructor(url, options = {}) {
    this.#url = url;
    this.#environment = { ...systemEnvironment(), ...options.environment };
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    this.#options = { format: "json", history: 50, roomsMax: 64, publishesMax: 100,
      device: this.#newId(), ...Object.fromEntries(given) };
    this.#backoff = new Backoff(this.#environment.random, options.backoff);
    this.#outbox = new Outbox(this.#options.publishesMax);
  }

  get state() {
    return this.#state;
  }

  get welcome() {
    return this.#welcome;
  }

  get rooms() {
    return [...this.#rooms.keys()];
  }

  on(name, handler) {
    if (!this.#handlers.has(name)) this.#handlers.set(name, new Set());
    this.#handlers.get(name).add(handler);
    return () => this.#handlers.get(name).delete(handler);
  }

  // -- the connection ----------------------------------------------------------------------------

  connect() {
    if (this.#state === "closed") {
      this.#connecting = deferred();
      this.#connecting.promise.catch(() => {}); // who does not wait for it is told by `state`
      this.#backoff.reset();
      this.#tokenRefused = false;
      this.#enter("connecting");
      this.#open();
    }
    return this.#connecting.promise;
  }

  close() {
    this.#stop(new ChatError("closed", "the client was closed"), null);
  }

  reconnectNow() {
    if (this.#state !== "reconnecting" || this.#connection) return;
    this.#environment.clearTimeout(this.#timer);
    this.#open();
  }

  #stop(error, shown) {
    if (this.#state === "closed") return;
    this.#environment.clearTimeout(this.#timer);
    this.#connection?.close();
    this.#connection = null;
    this.#comeBackAt = null;
    for (const room of this.#rooms.values()) settle(room, error);
    this.#rooms.clear();
    this.#outbox.failAll(error);
    this.#connecting.reject(error);
    this.#enter("closed", shown ? { error: shown } : {});
  }

  #enter(state, more = {}) {
    this.#state = state;
    this.#emit("state", { state, ...more });
  }

  #open() {
    const connection = new Connection(this.#environment, this.#url, this.#options.format, {
      opened: () => this.#sayHello(connection),
      event: (kind, body) => this.#event(kind, body),
      ended: (error) => {
        if (connection === this.#connection) this.#lost(error);
      },
    });
    this.#connection = connection;
  }

  async #sayHello(connection) {
    let token = this.#options.token ?? "";
    try {
      if (typeof token === "function") token = await token();
    } catch (error) {
      if (connection === this.#connection)
        this.#dropAndRetry(new ChatError("bad_token", `no token: ${error.message}`));
      return;
    }
    const hello = { version: 1, device: this.#options.device };
    if (token) hello.token = token;
    if (this.#options.name) hello.name = this.#options.name;
    connection.request({ hello }, (error, kind, body) => {
      if (connection !== this.#connection) return;
      if (error) this.#refused(error);
      else this.#welcomed(body);
    });
  }

  #refused(error) {
    if (error.code === "connection_lost") return; // #lost follows
    const again = badToken.has(error.code) && typeof this.#options.token === "function"
      && !this.#tokenRefused;
    if (badToken.has(error.code)) this.#tokenRefused = true;
    if (fatalAtHello.has(error.code) && !again) this.#stop(error, error);
    else this.#dropAndRetry(error);
  }

  #welcomed(body) {
    this.#welcome = welcomeOf(body);
    this.#openedAt = this.#environment.now();
    this.#tokenRefused = false;
    this.#connection.startHeartbeat(body.heartbeatMs);
    this.#enter("open", { welcome: this.#welcome });
    this.#connecting.resolve(this.#welcome);
    for (const room of this.#rooms.values()) this.#sendJoin(room);
  }

  #dropAndRetry(error) {
    this.#connection.close();
    this.#lost(error);
  }

  #lost(error) {
    this.#environment.clearTimeout(this.#timer);
    const wasOpen = this.#state === "open" || this.#state === "draining";
    const now = this.#environment.now();
    if (wasOpen && now - this.#openedAt >= stableMs) this.#backoff.reset();
    this.#connection = null;
    for (const room of this.#rooms.values()) room.joined = false;
    this.#typingSentAt.clear();
    this.#outbox.connectionLost();
    const waitMs = this.#comeBackAt === null
      ? Math.max(this.#backoff.next(), error.retryAfterMs)
      : Math.max(0, this.#comeBackAt - now);
    this.#comeBackAt = null;
    this.#timer = this.#environment.setTimeout(() => this.#open(), waitMs);
    this.#enter("reconnecting", { error, waitMs });
  }

  // -- rooms -------------------------------------------------------------------------------------

  join(name, { history = this.#options.history, after = null } = {}) {
    const known = this.#rooms.get(name);
    if (!known && this.#rooms.size >= this.#options.roomsMax)
      return Promise.reject(new ChatError("too_many", "too many rooms"));
    const room = known ?? { name, history, positions: new RoomPositions(after), joined: false,
      asked: null, answer: null, waiting: [] };
    if (room.joined) return Promise.resolve(room.answer);
    const waiter = deferred();
    waiter.promise.catch(() => {}); // who does not wait for it is told by `left`
    room.waiting.push(waiter);
    if (!known) {
      this.#rooms.set(name, room);
      if (this.#state === "open") this.#sendJoin(room);
    }
    return waiter.promise;
  }

  leave(name) {
    const room = this.#rooms.get(name);
    if (!room) return;
    this.#forget(room, new ChatError("left", `left ${name}`));
    if (this.#connected) this.#connection.request({ leave: { room: name } }, () => {});
  }

  // Once a connection: a room that is joined while others hear of the welcome is among those that
  // are joined because of it.
  #sendJoin(room) {
    if (room.asked === this.#connection) return;
    room.asked = this.#connection;
    const { name, positions, history } = room;
    const resumes = positions.last !== null;
    const join = resumes ? { room: name, after: wireOf(positions.last) } : { room: name, history };
    this.#connection.request({ join }, (error, kind, body) => {
      if (this.#rooms.get(name) !== room) return;
      if (error) this.#joinRefused(room, error);
      else this.#joined(room, body, resumes);
    });
  }

  #joined(room, { newest, members }, resumed) {
    room.joined = true;
    room.positions.joined(positionOf(newest), room.history);
    room.answer = { room: room.name, newest: positionOf(newest), members, resumed };
    this.#emit("joined", room.answer);
    settle(room, null);
    this.#flush();
  }

  #joinRefused(room, error) {
    if (error.code === "connection_lost") return; // joined again with the next connection
    if (!forNow.has(error.code)) return this.#lose(room, error);
    const connection = this.#connection;
    this.#environment.setTimeout(() => {
      if (this.#connection !== connection || !this.#connected
        || this.#rooms.get(room.name) !== room) return;
      room.asked = null;
      this.#sendJoin(room);
    }, Math.max(rejoinMs, error.retryAfterMs));
  }

  // The server says Left without having been asked.
  #putOut(name) {
    const room = this.#rooms.get(name);
    if (room?.joined)
      this.#lose(room, new ChatError("not_allowed", `not allowed in ${name} any more`));
  }

  #lose(room, error) {
    this.#forget(room, error);
    this.#emit("left", { room: room.name, error });
  }

  #forget(room, error) {
    this.#rooms.delete(room.name);
    this.#typingSentAt.delete(room.name);
    settle(room, error);
    this.#outbox.failRoom(room.name, error);
  }

  // -- commands ----------------------------------------------------------------------------------

  get #connected() {
    return this.#state === "open" || this.#state === "draining";
  }

  publish(room, text, { id = this.#newId() } = {}) {
    const fail = (code, why) => Promise.reject(new ChatError(code, why, { id }));
    if (!this.#rooms.has(room)) return fail("not_joined", `not in ${room}`);
    const bytes = new TextEncoder().encode(text);
    if (bytes.length === 0) return fail("bad_text", "the text is empty");
    const max = this.#welcome?.textBytesMax || Infinity;
    if (bytes.length > max) return fail("bad_text", `longer than ${max} bytes`);
    const published = this.#outbox.add({ room, id, text: new TextDecoder().decode(bytes) });
    this.#flush();
    return published;
  }

  #flush() {
    if (this.#state !== "open") return;
    const connection = this.#connection;
    for (;;) {
      const next = this.#outbox.takeNext(connection.unsentBytes,
        (room) => this.#rooms.get(room)?.joined ?? false);
      if (!next) return;
      connection.request({ publish: next.command }, (error, kind, body) => {
        if (error?.code === "connection_lost") return; // sent again with the next connection
        const position = body && positionOf(body.position);
        this.#outbox.answered(next, error, position, body?.again);
        if (this.#state === "draining") this.#leaveDrained();
        else if (connection === this.#connection) this.#flush();
      });
    }
  }

  typing(room, active = true) {
    if (this.#state !== "open" || !this.#rooms.get(room)?.joined) return;
    const now = this.#environment.now();
    const sentAt = this.#typingSentAt.get(room);
    if (active ? now - (sentAt ?? -Infinity) < typingRepeatMs : sentAt === undefined) return;
    if (active) this.#typingSentAt.set(room, now);
    else this.#typingSentAt.delete(room);
    this.#connection.tell({ typing: { room, active } });
  }

  who(room) {
    return this.#ask({ who: { room } });
  }

  async history(room, { before = null, count = 50 } = {}) {
    const history = { room, count, ...(before && { before: wireOf(before) }) };
    const { messages, more } = await this.#ask({ history });
    return { room, messages: messages.map(messageOf), more };
  }

  async refresh(token) {
    if (typeof this.#options.token !== "function") this.#options.token = token;
    this.#welcome = welcomeOf(await this.#ask({ refresh: { token } }));
    return this.#welcome;
  }

  #ask(command) {
    if (!this.#connected)
      return Promise.reject(new ChatError("connection_lost", "not connected"));
    return new Promise((resolve, reject) => {
      this.#connection.request(command,
        (error, kind, body) => (error ? reject(error) : resolve(body)));
    });
  }

  // -- events ------------------------------------------------------------------------------------

  #event(kind, body) {
    if (kind === "message") this.#message(body);
    else if (kind === "gap") this.#gap(body);
    else if (kind === "draining") this.#draining(body);
    else if (kind === "expiring") this.#expiring(body);
    else if (kind === "failed") this.#emit("failure", errorOf(body));
    else if (kind === "left") this.#putOut(body.room);
    else if (ofRooms.has(kind) && this.#rooms.get(body.room)?.joined) this.#emit(kind, body);
  }

  #message(body) {
    const room = this.#rooms.get(body.room);
    if (!room?.joined) return;
    const message = messageOf(body);
    const { gap, fresh } = room.positions.message(message.position);
    if (gap) this.#emit("gap", { room: room.name, ...gap });
    if (fresh) this.#emit("message", message);
  }

  #gap(body) {
    const room = this.#rooms.get(body.room);
    if (!room?.joined) return;
    const to = positionOf(body.to);
    const reason = shortName(body.reason, "GAP_REASON_");
    const gap = { room: room.name, from: positionOf(body.from), to, reason };
    if (room.positions.gap(to)) this.#emit("gap", gap);
  }

  #draining({ afterMs, resume }) {
    if (this.#state !== "open") return;
    this.#comeBackAt = this.#environment.now() + afterMs;
    this.#enter("draining", { waitMs: afterMs, resume });
    this.#timer = this.#environment.setTimeout(() => this.#leaveDrained(true), drainGraceMs);
    this.#leaveDrained();
  }

  #leaveDrained(now = false) {
    if (this.#connection && (now || !this.#outbox.waitsForAnswers))
      this.#dropAndRetry(new ChatError("draining", "the server ends soon"));
  }

  async #expiring({ atMs }) {
    this.#emit("expiring", { at: Number(atMs) });
    if (typeof this.#options.token !== "function") return;
    try {
      await this.refresh(await this.#options.token());
    } catch (error) {
      this.#emit("failure", error);
    }
  }

  #emit(name, value) {
    for (const handler of this.#handlers.get(name) ?? []) {
      try {
        handler(value);
      } catch (error) {
        this.#environment.report(error);
      }
    }
  }

  #newId() {
    return hex(this.#environment.randomBytes(16));
  }
}

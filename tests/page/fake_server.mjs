// A small chat server for the tests of client and page, with what they provoke: restarts, drains,
// rate limits, gaps. `node fake_server.mjs [PORT]` runs one to look at the page.
// Not the product; that is apps/chat-server.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import { decode, encode, ofJson } from "../../apps/chat-server/web/protobuf.js";
import { DelimitedPeer } from "./delimited.mjs";
import { FakeRooms } from "./fake_rooms.mjs";
import { accept } from "./websocket_server.mjs";

const web = new URL("../../apps/chat-server/web/", import.meta.url);
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; "
  + "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
  + "frame-ancestors 'none'";
const protocols = ["actornet.chat.v1.json", "actornet.chat.v1.protobuf"];
const failed = (code, text, more = {}) =>
  ({ failed: { code: `FAILURE_CODE_${code}`, text, ...more } });

export class FakeServer {
  #http;
  #tcp;
  #sessions = new Set();

  // tokens: token -> user; without it everybody says who he is.
  constructor({ rooms = new FakeRooms(), tokens = null, countsOnly = false, port = 0, tcpPort = 0 } = {}) {
    this.rooms = rooms;
    this.tokens = tokens;
    this.countsOnly = countsOnly;
    this.port = port;
    this.tcpPort = tcpPort;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/`;
  }

  get tcpUrl() {
    return `tcp://127.0.0.1:${this.tcpPort}`;
  }

  async start() {
    this.#http = createServer((request, response) => serveFile(request, response));
    this.#http.on("upgrade", (request, socket) => {
      const peer = accept(request, socket, protocols);
      if (peer) this.#sessions.add(new Session(this, peer));
    });
    this.#tcp = createTcpServer((socket) =>
      this.#sessions.add(new Session(this, new DelimitedPeer(socket))));
    this.port = await listen(this.#http, this.port);
    this.tcpPort = await listen(this.#tcp, this.tcpPort);
    return this;
  }

  // As if the process was killed. The port stays known for the next start.
  async stop() {
    const closed = Promise.all([this.#http, this.#tcp].map((server) =>
      new Promise((resolve) => server.close(resolve))));
    for (const session of this.#sessions) session.peer.destroy();
    this.#http.closeAllConnections();
    await closed;
    this.#sessions.clear();
    for (const room of this.rooms.all) room.members.clear();
  }

  drain(afterMs) {
    for (const session of this.#sessions) session.tell({ draining: { afterMs, resume: true } });
  }

  gone(session) {
    this.#sessions.delete(session);
  }
}

async function listen(server, port) {
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server.address().port;
}

function serveFile(request, response) {
  const path = new URL(request.url, "http://here").pathname;
  const name = path === "/" ? "index.html" : path.slice(1);
  try {
    if (!/^[a-z-]+\.[a-z]+$/.test(name) || !types[extname(name)]) throw new Error("not ours");
    const body = readFileSync(new URL(name, web));
    response.writeHead(200, { "Content-Type": types[extname(name)],
      "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff" });
    response.end(body);
  } catch {
    response.writeHead(404).end("not found");
  }
}

class Session {
  user = null;
  #rooms = new Set();

  constructor(server, peer) {
    this.server = server;
    this.peer = peer;
    this.json = peer.protocol.endsWith(".json");
    peer.onMessage = (data) => this.#command(
      this.json ? ofJson("Command", JSON.parse(data)) : decode("Command", data));
    peer.onClose = () => this.#closed();
  }

  tell(event) {
    this.peer.send(this.json ? JSON.stringify(event) : encode("Event", event));
  }

  #command(command) {
    const kind = Object.keys(command).find((key) => key !== "request");
    const body = command[kind];
    const answer = (event) => this.tell({ request: command.request, ...event });
    if (kind !== "hello" && this.user === null)
      answer(failed("BAD_COMMAND", "hello comes first"));
    else if (body.room !== undefined && !/^[\w.-]{1,32}$/.test(body.room))
      answer(failed("BAD_NAME", "not a name of a room"));
    else this.#commands[kind](body, answer);
  }

  #commands = {
    hello: ({ name, token }, answer) => {
      const { tokens } = this.server;
      const user = tokens ? tokens.get(token) : name;
      if (!user) return answer(tokens ? failed("BAD_TOKEN", "no such token")
        : failed("BAD_NAME", "no name"));
      this.user = user;
      answer({ welcome: { user, server: "fake", heartbeatMs: 30_000, openToAll: tokens === null,
        textBytesMax: 4096 } });
    },
    join: ({ room: name, after, history }, answer) => {
      const { rooms } = this.server;
      const room = rooms.get(name);
      if (room.members.has(this)) return answer(failed("BAD_COMMAND", "joined already"));
      const here = rooms.names(room).includes(this.user);
      room.members.add(this);
      this.#rooms.add(room);
      answer({ joined: { room: name, newest: rooms.position(room), members: this.#members(room) } });
      if (!here) this.#presence(room, true);
      const missed = after ? rooms.missed(room, after)
        : room.messages.slice(-history || room.messages.length).map((message) => ({ message }));
      for (const event of missed) this.tell(event);
    },
    leave: ({ room }, answer) => {
      this.#leave(this.server.rooms.get(room));
      answer({ left: { room } });
    },
    publish: ({ room: name, id, text }, answer) => {
      const { rooms } = this.server;
      const room = rooms.get(name);
      if (!room.members.has(this)) return answer(failed("NOT_JOINED", "not joined"));
      if (text === "/limit")
        return answer(failed("RATE_LIMITED", "too many messages, try in 2 s",
          { retryAfterMs: 2000 }));
      const { message, again } = rooms.publish(room, this.user, id, text);
      if (!again) this.#toMembers(room, { message });
      answer({ published: { room: name, id, position: message.position, again } });
    },
    typing: ({ room: name, active }) => {
      const room = this.server.rooms.get(name);
      for (const member of room.members)
        if (member !== this) member.tell({ typing: { room: name, user: this.user, active } });
    },
    who: ({ room }, answer) => answer({ members: this.#members(this.server.rooms.get(room)) }),
    history: ({ room: name, before, count }, answer) => {
      const { messages } = this.server.rooms.get(name);
      const end = before ? messages.findIndex(({ position }) =>
        Number(position.offset) >= Number(before.offset)) : messages.length;
      const older = messages.slice(0, Math.max(end, 0));
      answer({ page: { room: name, messages: older.slice(-count), more: older.length > count } });
    },
    refresh: (body, answer) => answer({ welcome: { user: this.user } }),
    ping: (body, answer) => answer({ pong: {} }),
  };

  #members(room) {
    const names = this.server.rooms.names(room);
    const { countsOnly } = this.server;
    return { room: room.name, users: names.length, names: countsOnly ? [] : names, countsOnly };
  }

  #toMembers(room, event) {
    for (const member of room.members) member.tell(event);
  }

  #presence(room, present) {
    const user = this.server.countsOnly ? "" : this.user;
    const { users } = this.#members(room);
    for (const member of room.members)
      if (member !== this)
        member.tell({ presence: { room: room.name, user, present, users } });
  }

  #leave(room) {
    this.#rooms.delete(room);
    if (!room.members.delete(this)) return;
    if (!this.server.rooms.names(room).includes(this.user)) this.#presence(room, false);
  }

  #closed() {
    for (const room of [...this.#rooms]) this.#leave(room);
    this.server.gone(this);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await new FakeServer({ port: Number(process.argv[2] ?? 0) }).start();
  console.log(server.url);
}

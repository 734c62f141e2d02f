// Chat broadcaster on npm's ws: an event is encoded once, and what a room says in one turn of the
// event loop goes to each member in one write. Hello, Join (one room a connection) and Publish of
// proto/schemas/actornet/chat/v1/chat.proto; all else ends a connection.

import {createServer} from 'node:http';
import {WebSocketServer} from 'ws';
import {content, event, number, parseCommand, position} from './wire.js';

const unreadMax = 256 * 1024; // a member that leaves more unread is closed
const rooms = new Map();

class Room {
  newest = 0;
  members = new Set();
  news = [];

  say(what) {
    if (this.news.push(what) === 1) setImmediate(() => this.flush());
  }

  flush() {
    const news = this.news;
    this.news = [];
    for (const member of this.members) sendAll(member, news);
  }
}

function sendAll(member, events) {
  if (member.bufferedAmount > unreadMax) return member.terminate();
  member.socket.cork();
  for (const each of events) member.send(each);
  member.socket.uncork();
}

const commands = {
  2(from, request, texts) {
    from.user = Buffer.from(texts[3]);
    const welcome = [content(1, from.user), number(3, 30000), number(5, 1)];
    from.send(event(request, 2, welcome));
  },

  3(from, request, texts) {
    const name = texts[1].toString();
    if (!rooms.has(name)) rooms.set(name, new Room());
    from.room = rooms.get(name);
    from.room.members.add(from);
    from.send(event(request, 3, [content(1, texts[1]), position(2, from.room.newest)]));
  },

  5(from, request, texts) {
    const [, room, id, text] = texts;
    const offset = ++from.room.newest;
    const message = [content(1, room), position(2, offset), content(3, from.user), content(4, id)];
    message.push(number(5, Date.now()), content(6, text));
    from.room.say(event(0, 10, message));
    from.send(event(request, 5, [content(1, room), content(2, id), position(3, offset)]));
  },
};

const http = createServer();
const server = new WebSocketServer({
  server: http,
  maxPayload: 64 * 1024,
  perMessageDeflate: false,
  handleProtocols: (offered) => offered.values().next().value,
});
server.on('connection', (member, request) => {
  member.socket = request.socket;
  member.on('message', (data) => {
    try {
      const {request: asked, kind, texts} = parseCommand(data);
      commands[kind](member, asked, texts);
    } catch {
      member.terminate();
    }
  });
  member.on('close', () => member.room?.members.delete(member));
  member.on('error', () => member.terminate());
});

const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
http.listen({port, host: '127.0.0.1', backlog: 4096}, () => {
  console.log(`listening ws://127.0.0.1:${http.address().port}`);
});

// WebSocket's server side (RFC 6455), as much as a test needs: whole messages from browsers.

import { createHash } from "node:crypto";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

// Answers an upgrade with the first protocol of `protocols` that was asked for; null: refused.
export function accept(request, socket, protocols) {
  const asked = (request.headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/);
  const protocol = protocols.find((name) => asked.includes(name));
  if (!protocol) {
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    return null;
  }
  const key = createHash("sha1").update(request.headers["sec-websocket-key"] + guid)
    .digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    + `Connection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n`
    + `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`);
  return new ServerSocket(socket, protocol);
}

// on_message(data: string or Buffer) and on_close() are for the owner to set.
class ServerSocket {
  onMessage = () => {};
  onClose = () => {};
  #socket;
  #input = Buffer.alloc(0);

  constructor(socket, protocol) {
    this.#socket = socket;
    this.protocol = protocol;
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("close", () => this.onClose());
    socket.on("error", () => {});
  }

  send(data) {
    const text = typeof data === "string";
    this.#write(text ? opcode.text : opcode.binary, Buffer.from(data));
  }

  close(code = 1000) {
    this.#write(opcode.close, Buffer.from([code >> 8, code & 255]));
    this.#socket.end();
  }

  // As a process that was killed: without a word.
  destroy() {
    this.#socket.destroy();
  }

  #write(kind, payload) {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    const size = payload.length;
    const header = size < 126 ? Buffer.from([128 | kind, size]) : Buffer.alloc(4);
    if (size >= 126) {
      header[0] = 128 | kind;
      header[1] = 126;
      header.writeUInt16BE(size, 2);
    }
    this.#socket.write(Buffer.concat([header, payload]));
  }

  #read(bytes) {
    this.#input = Buffer.concat([this.#input, bytes]);
    for (;;) {
      const input = this.#input;
      if (input.length < 6) return;
      const short = input[1] & 127;
      const header = short === 126 ? 4 : 2;
      if (input.length < header + 4) return;
      const size = short === 126 ? input.readUInt16BE(2) : short;
      const end = header + 4 + size;
      if (input.length < end) return;
      const mask = input.subarray(header, header + 4);
      const payload = Buffer.from(input.subarray(header + 4, end));
      for (let i = 0; i < size; i++) payload[i] ^= mask[i % 4];
      this.#input = input.subarray(end);
      this.#frame(input[0] & 15, payload);
    }
  }

  #frame(kind, payload) {
    if (kind === opcode.text) this.onMessage(payload.toString());
    else if (kind === opcode.binary) this.onMessage(payload);
    else if (kind === opcode.ping) this.#write(opcode.pong, payload);
    else if (kind === opcode.close) this.close();
  }
}

// The protocol's frames over TCP: a varint length, then protobuf. For both sides.

import { connect } from "node:net";

import { frame, readVarint } from "../../apps/chat-server/web/protobuf.js";

// A peer with the interface of websocket_server.mjs: messages are Uint8Arrays.
export class DelimitedPeer {
  protocol = "actornet.chat.v1.protobuf";
  onMessage = () => {};
  onClose = () => {};
  #socket;
  #input = new Uint8Array(0);

  constructor(socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("close", () => this.onClose());
    socket.on("error", () => {});
  }

  send(bytes) {
    this.#socket.write(frame(bytes));
  }

  close() {
    this.#socket.end();
  }

  destroy() {
    this.#socket.destroy();
  }

  #read(bytes) {
    this.#input = Buffer.concat([this.#input, bytes]);
    for (;;) {
      const length = readVarint(this.#input, 0);
      if (!length) return;
      const end = length.next + Number(length.value);
      if (this.#input.length < end) return;
      const message = this.#input.subarray(length.next, end);
      this.#input = this.#input.subarray(end);
      this.onMessage(message);
    }
  }
}

// What looks like a WebSocket to a ChatClient (format "binary") and is a TCP connection:
// tcp://HOST:PORT
export class TcpSocket {
  bufferedAmount = 0;
  #peer;

  constructor(url) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    this.#peer = new DelimitedPeer(socket);
    socket.on("connect", () => this.onopen?.());
    this.#peer.onMessage = (message) => this.onmessage?.({ data: message });
    this.#peer.onClose = () => this.onclose?.({ code: 1006, reason: "" });
  }

  send(bytes) {
    this.#peer.send(bytes);
  }

  close() {
    this.#peer.close();
  }
}

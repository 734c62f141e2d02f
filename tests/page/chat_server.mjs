// The server of a scenario: actornet-chat-server (ACTORNET_CHAT_SERVER is its path), or the fake one.

import { spawn } from "node:child_process";
import { join } from "node:path";

import { FakeRooms } from "./fake_rooms.mjs";
import { FakeServer } from "./fake_server.mjs";

const program = process.env.ACTORNET_CHAT_SERVER;

// keeps: history survives a restart. `folder`: for its file.
export function makeServer({ keeps, folder }) {
  return program ? new RealServer(keeps ? join(folder, "history.db") : null)
    : new FakeRestarts(keeps);
}

class FakeRestarts {
  #server = new FakeServer();

  constructor(keeps) {
    this.keeps = keeps;
  }

  get url() {
    return this.#server.url;
  }

  get tcpUrl() {
    return this.#server.tcpUrl;
  }

  start() {
    return this.#server.start();
  }

  stop() {
    return this.#server.stop();
  }

  async restart() {
    await this.#server.stop();
    if (!this.keeps) this.#server.rooms = new FakeRooms();
    await this.#server.start();
  }
}

// `more`: options besides those of its listeners.
export class RealServer {
  #process;
  #output = "";
  #ports = { ws: 0, tcp: 0 };

  constructor(database, more = []) {
    this.more = database ? ["--history-db", database, ...more] : more;
  }

  get url() {
    return `http://127.0.0.1:${this.#ports.ws}/`;
  }

  get tcpUrl() {
    return `tcp://127.0.0.1:${this.#ports.tcp}`;
  }

  // Says where it listens on its standard output; the same ports again after a restart.
  async start() {
    const { ws, tcp } = this.#ports;
    this.#output = "";
    this.#process = spawn(program, ["--listen", `ws://127.0.0.1:${ws}`,
      "--listen", `tcp://127.0.0.1:${tcp}`,
      ...this.more],
    { stdio: ["ignore", "pipe", "pipe"] });
    this.ended = new Promise((resolve) => this.#process.on("exit", (...how) => resolve(how)));
    await new Promise((resolve, reject) => {
      const read = (text) => {
        this.#output += text;
        const found = /ws:\/\/127\.0\.0\.1:([1-9]\d*)|http:\/\/127\.0\.0\.1:([1-9]\d*)/.exec(this.#output);
        const tcpFound = /tcp:\/\/127\.0\.0\.1:([1-9]\d*)/.exec(this.#output);
        if (!found || !tcpFound) return;
        this.#ports = { ws: Number(found[1] ?? found[2]), tcp: Number(tcpFound[1]) };
        resolve();
      };
      this.#process.stdout.on("data", read);
      this.#process.stderr.on("data", read);
      this.#process.on("error", reject);
      this.ended.then((how) => reject(new Error(`the server ended (${how}): ${this.#output}`)));
    });
  }

  async stop(signal = "SIGTERM") {
    this.#process.kill(signal);
    const [code] = await this.ended;
    if (signal === "SIGTERM" && code !== 0)
      throw new Error(`the server ended with ${code}: ${this.#output.slice(-4000)}`);
  }

  async restart(signal = "SIGTERM") {
    await this.stop(signal);
    await this.start();
  }
}

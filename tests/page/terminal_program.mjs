// actornet-chat --json (its path is ACTORNET_CHAT): what it saw, in order, as the scenario's other
// clients tell it.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class TerminalProgram {
  texts = [];
  gaps = [];
  states = [];
  joined;
  ended; // the exit code
  #program;
  #lastRequest = 0;
  #requests = new Map(); // number -> {resolve, reject}
  #changed = () => {};
  #isJoined;

  constructor(url, name = "tom", program = process.env.ACTORNET_CHAT) {
    this.joined = new Promise((resolve) => (this.#isJoined = resolve));
    this.#program = spawn(program, [url, "--name", name, "--room", "lobby", "--json"],
      { stdio: ["pipe", "pipe", "inherit"] });
    this.ended = new Promise((resolve) => this.#program.once("close", resolve));
    createInterface({ input: this.#program.stdout }).on("line", (line) => this.#told(JSON.parse(line)));
  }

  // Waits until the condition is true; it changes with what is told.
  async until(condition) {
    while (!condition()) await new Promise((resolve) => (this.#changed = resolve));
  }

  // Resolves when the server has it, however many connections that takes.
  say(text) {
    const request = ++this.#lastRequest;
    this.#write({ request, publish: { room: "lobby", text } });
    return new Promise((resolve, reject) => this.#requests.set(request, { resolve, reject }));
  }

  // Leaves in order: when all is acknowledged.
  close() {
    this.#program.stdin.end();
    return this.ended;
  }

  #write(command) {
    this.#program.stdin.write(`${JSON.stringify(command)}\n`);
  }

  #told(event) {
    if (event.state) this.states.push(event.state);
    if (event.joined) this.#isJoined(event.joined);
    if (event.message) this.texts.push(event.message.text);
    if (event.gap)
      this.gaps.push({ ...event.gap, reason: event.gap.reason?.slice("GAP_REASON_".length).toLowerCase() });
    // A failure for now is followed by the acknowledgement: the program tries again.
    if (event.published) this.#requests.get(event.request)?.resolve(event.published);
    this.#changed();
  }
}

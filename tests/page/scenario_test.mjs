// Two browsers and a terminal client (at the fake server: this client over TCP) talk while the server restarts: what was acknowledged is there
// once, or exactly one gap is told. At actornet-chat-server, or at the fake one.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { ChatClient } from "../../apps/chat-server/web/actornet-chat.js";
import { ChatTab } from "./chat_page.mjs";
import { makeServer } from "./chat_server.mjs";
import { Chromium } from "./chromium.mjs";
import { TcpSocket } from "./delimited.mjs";
import { TerminalProgram } from "./terminal_program.mjs";

const screenshots = process.env.ACTORNET_SCREENSHOTS;
if (screenshots) mkdirSync(screenshots, { recursive: true });

let chromium;
test.before(async () => (chromium = await Chromium.start()));
test.after(() => chromium.stop());

// The client of a terminal: what it saw, in order.
class Terminal {
  texts = [];
  gaps = [];
  #changed = () => {};

  constructor(url) {
    this.client = new ChatClient(url, { name: "tom", format: "binary", environment: {
      WebSocket: TcpSocket,
      randomBytes: (size) => webcrypto.getRandomValues(new Uint8Array(size)),
    } });
    this.client.on("message", ({ text }) => this.#told(() => this.texts.push(text)));
    this.client.on("gap", (gap) => this.#told(() => this.gaps.push(gap)));
    this.client.connect();
    this.joined = this.client.join("lobby");
  }

  #told(note) {
    note();
    this.#changed();
  }

  // Waits until the condition is true; it changes with what is told.
  async until(condition) {
    while (!condition()) await new Promise((resolve) => (this.#changed = resolve));
  }

  say(text) {
    return this.client.publish("lobby", text);
  }

  close() {
    this.client.close();
    return 0;
  }
}

async function scene(keeps, body) {
  const folder = mkdtempSync(join(tmpdir(), "actornet-scenario-"));
  const server = makeServer({ keeps, folder });
  await server.start();
  const terminal = process.env.ACTORNET_CHAT
    ? new TerminalProgram(server.tcpUrl) : new Terminal(server.tcpUrl);
  const tabs = [];
  try {
    await terminal.joined;
    tabs.push(await ChatTab.signedIn(chromium, server.url, "ann"));
    tabs.push(await ChatTab.signedIn(chromium, `${server.url}?format=binary`, "bob"));
    await body(server, terminal, ...tabs);
    for (const { page } of tabs) assert.deepEqual(page.complaints, []);
  } finally {
    assert.equal(await terminal.close(), 0);
    for (const { page } of tabs) await page.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

// Everybody says two things; the server restarts between them and while the terminal goes on.
async function talkOverRestart(server, terminal, ann, bob, name, restart) {
  const all = [ann, bob];
  await ann.say(`${name} 1 of ann`);
  await bob.say(`${name} 1 of bob`);
  await terminal.say(`${name} 1 of tom`);
  for (const tab of all)
    for (const who of ["ann", "bob", "tom"]) await tab.sees(`${name} 1 of ${who}`);
  const stream = Array.from({ length: 10 }, (_, i) => terminal.say(`${name} stream ${i}`));
  await stream[0];
  // Watched before the server goes: a page on a busy machine may else look when it is back.
  await Promise.all(all.map((tab) => tab.page.evaluate(`window.away = new Promise((resolve) => {
    const state = document.getElementById("state");
    new MutationObserver(() => state.dataset.state !== "open" && resolve())
      .observe(state, { attributes: true });
  }), 0`)));
  await restart();
  await Promise.all(all.map((tab) => tab.page.evaluate("window.away")));
  await ann.say(`${name} 2 of ann`);
  await bob.say(`${name} 2 of bob`);
  await Promise.all([...stream, terminal.say(`${name} 2 of tom`)]);
  for (const tab of all) {
    await tab.connected();
    for (const who of ["ann", "bob", "tom"]) await tab.sees(`${name} 2 of ${who}`);
  }
  await terminal.until(() => ["ann", "bob", "tom"].every((who) =>
    terminal.texts.includes(`${name} 2 of ${who}`)));
}

function once(texts) {
  assert.equal(new Set(texts).size, texts.length, `twice: ${texts}`);
}

test("with a history that is kept nothing acknowledged is lost or doubled", () => scene(true,
  async (server, terminal, ann, bob) => {
    await talkOverRestart(server, terminal, ann, bob, "orderly", () => server.restart());
    await talkOverRestart(server, terminal, ann, bob, "killed", () => server.restart("SIGKILL"));
    await ann.page.until("document.querySelectorAll('#pending li').length === 0");
    const seen = [terminal.texts, await ann.texts(), await bob.texts()];
    assert.equal(seen[0].length, 2 * (6 + 10));
    once(seen[0]);
    assert.deepEqual(seen[1], seen[0]);
    assert.deepEqual(seen[2], seen[0]);
    assert.equal(terminal.gaps.length + await ann.count(".gap") + await bob.count(".gap"), 0);
    const late = await ChatTab.signedIn(chromium, server.url, "late");
    await late.sees("killed 2 of tom");
    assert.deepEqual(await late.texts(), seen[0]);
    await late.page.close();
    if (screenshots) await ann.page.screenshot(`${screenshots}/restart-kept.png`);
  }));

test("without one each client is told exactly one gap", () => scene(false,
  async (server, terminal, ann, bob) => {
    await talkOverRestart(server, terminal, ann, bob, "anew", () => server.restart());
    assert.equal(await ann.count(".gap"), 1);
    assert.equal(await bob.count(".gap"), 1);
    assert.deepEqual(terminal.gaps.map(({ reason }) => reason), ["new_epoch"]);
    await ann.shows("messages", "The server started anew and had kept nothing.");
    once(await ann.texts());
    if (screenshots) await ann.page.screenshot(`${screenshots}/restart-anew.png`);
  }));

test("markup stays text from one client to the others", () => scene(false,
  async (server, terminal, ann, bob) => {
    const attack = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>";
    await terminal.say(attack);
    for (const tab of [ann, bob]) {
      await tab.sees(attack);
      assert.equal(await tab.page.evaluate("window.hit"), undefined);
      assert.equal(await tab.count("#messages script, #messages img"), 0);
    }
    await ann.shows("names", "tom");
    await ann.shows("open-to-all", "Open to all.");
    if (screenshots) await ann.page.screenshot(`${screenshots}/three-clients.png`);
  }));

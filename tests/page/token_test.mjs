// Tokens: actornet-chat-server that asks for them (ACTORNET_CHAT_SERVER), actornet-token that makes
// them (ACTORNET_TOKEN), the page and its client in headless Chromium.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { ChatTab } from "./chat_page.mjs";
import { RealServer } from "./chat_server.mjs";
import { Chromium } from "./chromium.mjs";

const screenshots = process.env.ACTORNET_SCREENSHOTS;
if (screenshots) mkdirSync(screenshots, { recursive: true });

const folder = mkdtempSync(join(tmpdir(), "actornet-token-"));
const key = join(folder, "key");
const tool = (...options) =>
  execFileSync(process.env.ACTORNET_TOKEN, options, { encoding: "utf8" }).trim();
const tokenFor = (user, ...options) => tool("--key", key, "--user", user, ...options);

let chromium;
let server;
test.before(async () => {
  tool("--new-key", key, "--alg", "EdDSA");
  server = new RealServer(null, ["--auth", "jwt", "--jwt-key", `${key}.pub`]);
  await server.start();
  chromium = await Chromium.start();
});
test.after(async () => {
  await chromium?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

// A page where a token can be given.
async function atTheToken(body) {
  const tab = new ChatTab(await chromium.newPage());
  await tab.page.open(server.url);
  await tab.page.until("document.activeElement.id === 'name'");
  await tab.click("#use-token");
  await tab.page.until("document.activeElement.id === 'token'");
  await body(tab);
  assert.deepEqual(tab.page.complaints, []);
  await tab.page.close();
}

async function signIn(tab, token) {
  await tab.page.type(token);
  await tab.page.press("Enter");
}

test("who has a token is who it says, in its rooms, and is warned before it expires", () =>
  atTheToken(async (tab) => {
    await signIn(tab, tokenFor("ann", "--expires", "50s", "--rooms", "lobby,team-*"));
    await tab.page.until("document.activeElement.id === 'text'");
    await tab.connected();
    await tab.shows("me-name", "ann");
    assert.equal(await tab.page.evaluate("document.getElementById('open-to-all').hidden"), true);
    await tab.page.until(`[...document.querySelectorAll(".toast")]
      .some(({ innerText }) => innerText.includes("Your token expires at"))`, "the warning");
    if (screenshots) await tab.page.screenshot(`${screenshots}/token-expires.png`);
    await tab.say("hello");
    await tab.sees("hello");
    await tab.joinRoom("team-a");
    await tab.tryRoom("secret");
    await tab.page.until(`[...document.querySelectorAll(".toast")]
      .some(({ innerText }) => innerText.includes("secret"))`, "the refusal");
    assert.equal(await tab.count("[data-room=secret]"), 0);
  }));

test("a token that is none or another key's is refused with the reason", () =>
  atTheToken(async (tab) => {
    tool("--new-key", join(folder, "other"), "--alg", "EdDSA");
    const strange = tool("--key", join(folder, "other"), "--user", "ann", "--expires", "1h");
    for (const token of ["no.token.atall", strange]) {
      await tab.page.evaluate("document.getElementById('token').value = ''");
      await signIn(tab, token);
      await tab.shows("sign-in-problem", "does not take this token");
      await tab.page.until("document.activeElement.id === 'token'");
    }
  }));

// The page's own client, as a program in the page would use it.
const withClient = (room, ...tokens) => `(async () => {
  const { ChatClient } = await import("/actornet-chat.js");
  const tokens = ${JSON.stringify(tokens)};
  const told = { states: [], expiring: 0, messages: [] };
  let refreshed;
  const done = new Promise((resolve) => (refreshed = resolve));
  const client = new ChatClient(new URL("/ws", location.href.replace("http", "ws")).href, {
    token: () => tokens[Math.min(told.asked = (told.asked ?? 0) + 1, tokens.length) - 1],
  });
  client.on("state", ({ state }) => told.states.push(state));
  client.on("message", ({ user, text }) => told.messages.push([user, text]));
  client.on("failure", ({ message }) => (told.failure = message));
  client.on("expiring", async ({ at }) => {
    told.expiring += 1;
    told.at = at;
    while (client.welcome.tokenExpiresMs <= at && !told.failure)
      await new Promise((resolve) => setTimeout(resolve, 20));
    refreshed(client.welcome);
  });
  client.connect();
  await client.join(${JSON.stringify(room)});
  told.welcome = await done;
  await client.publish(${JSON.stringify(room)}, "still here");
  while (!told.messages.length) await new Promise((resolve) => setTimeout(resolve, 20));
  client.close();
  return told;
})()`;

test("a client refreshes its token without reconnecting", () => atTheToken(async (tab) => {
  const told = await tab.page.evaluate(withClient("one",
    tokenFor("bob", "--expires", "50s"), tokenFor("bob", "--expires", "1h")));
  assert.equal(told.failure, undefined);
  assert.equal(told.expiring, 1);
  assert.equal(told.asked, 2);
  assert.ok(told.welcome.tokenExpiresMs - told.at > 50 * 60 * 1000);
  assert.deepEqual(told.states, ["connecting", "open", "closed"]);
  assert.deepEqual(told.messages, [["bob", "still here"]]);
}));

test("another user's token refreshes nothing, and the connection stays", () =>
  atTheToken(async (tab) => {
    const told = await tab.page.evaluate(withClient("two",
      tokenFor("bob", "--expires", "50s"), tokenFor("eve", "--expires", "1h")));
    assert.match(told.failure, /another user/);
    assert.deepEqual(told.states, ["connecting", "open", "closed"]);
    assert.deepEqual(told.messages, [["bob", "still here"]]);
  }));

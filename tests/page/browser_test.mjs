// The page in headless Chromium, at the fake server: what one sees and can do.
// Screenshots go to ACTORNET_SCREENSHOTS.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import test from "node:test";

import { Chromium } from "./chromium.mjs";
import { ChatTab } from "./chat_page.mjs";
import { FakeRooms } from "./fake_rooms.mjs";
import { FakeServer } from "./fake_server.mjs";

const screenshots = process.env.ACTORNET_SCREENSHOTS;
if (screenshots) mkdirSync(screenshots, { recursive: true });

let chromium;
test.before(async () => (chromium = await Chromium.start()));
test.after(() => chromium.stop());

// A server for one test; its pages must have complained of nothing.
async function at(options, body) {
  const server = await new FakeServer(options).start();
  const tabs = [];
  const enter = async (name, size) => {
    const tab = await ChatTab.signedIn(chromium, server.url, name, size);
    tabs.push(tab);
    return tab;
  };
  try {
    await body(server, enter);
    for (const { page } of tabs) assert.deepEqual(page.complaints, []);
  } finally {
    for (const { page } of tabs) await page.close();
    await server.stop();
  }
}

function picture(tab, name) {
  return screenshots ? tab.page.screenshot(`${screenshots}/${name}.png`) : undefined;
}

test("two people see each other, what they say, and that they write", () => at({},
  async (server, enter) => {
    const ann = await enter("ann");
    await ann.shows("empty-title", "Nothing in lobby yet");
    await picture(ann, "empty");
    const bob = await enter("bob");
    await ann.shows("names", "bob");
    await bob.shows("names", "ann");
    await bob.page.type("good mor");
    await ann.shows("typing", "bob is typing");
    await bob.say("ning");
    await ann.sees("good morning");
    await ann.page.until("document.getElementById('typing').textContent === ''");
    await ann.say("good evening");
    await bob.sees("good evening");
    assert.deepEqual(await ann.texts(), ["good morning", "good evening"]);
    assert.equal(await ann.page.evaluate("document.getElementById('announcer').textContent"),
      "bob: good morning");
  }));

test("markup in messages, names and rooms is text", () => at({}, async (server, enter) => {
  const attack = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>";
  const ann = await enter("ann");
  const eve = await enter(`<img src=x onerror="window.hit=1">`);
  await eve.say(attack);
  await ann.sees(attack);
  await ann.shows("names", "<img src=x");
  await ann.tryRoom("<b>room</b>");
  await ann.exists(".toast"); // no such name
  assert.equal(await ann.count(".messages script, .messages img, .names img, .rooms b"), 0);
  assert.equal(await ann.page.evaluate("window.hit"), undefined);
  await picture(ann, "markup");
}));

test("the policy stops what would be injected all the same", () => at({},
  async (server, enter) => {
    const ann = await enter("ann");
    await ann.page.evaluate(`{
      const script = document.createElement("script");
      script.textContent = "window.hit = 1";
      document.body.append(script);
    }`);
    assert.equal(await ann.page.evaluate("window.hit"), undefined);
    assert.match(ann.page.complaints.splice(0).join(), /Content Security Policy/);
  }));

test("rooms are joined, shown, counted and left", () => at({}, async (server, enter) => {
  const ann = await enter("ann");
  const bob = await enter("bob");
  await ann.joinRoom("tea");
  await ann.joinRoom("rum");
  await bob.joinRoom("tea");
  await bob.say("anyone?");
  await ann.shows("rooms", "1");
  assert.equal(await ann.page.evaluate("document.title"), "(1) rum · actornet chat");
  await ann.click("[data-room=tea]");
  await ann.sees("anyone?");
  assert.equal(await ann.page.evaluate("location.hash"), "#tea");
  assert.equal(await ann.page.evaluate("document.title"), "tea · actornet chat");
  await ann.click("[aria-label='Leave tea']");
  await ann.gone("[data-room=tea]");
  await ann.click("[aria-label='Leave rum']");
  await ann.click("[aria-label='Leave lobby']");
  await ann.shows("empty-title", "You are in no room");
  assert.equal(await ann.page.evaluate("document.getElementById('text').disabled"), true);
}));

test("rooms and name are remembered, the address opens a room", () => at({},
  async (server, enter) => {
    const ann = await enter("ann");
    await ann.joinRoom("tea");
    await ann.page.open("about:blank");
    await ann.page.open(`${server.url}#rum`);
    await ann.page.until("document.activeElement.id === 'name'");
    await ann.page.press("Enter");
    await ann.shows("room-title", "rum");
    await ann.shows("rooms", "tea");
    await ann.shows("me-name", "ann");
  }));

test("older messages are loaded on demand and what one reads stays in place", () => at({},
  async (server, enter) => {
    const { rooms } = server;
    for (let i = 1; i <= 120; i++) rooms.publish(rooms.get("lobby"), "eve", `i${i}`, `m${i}`);
    const ann = await enter("ann");
    await ann.sees("m120");
    assert.equal((await ann.texts())[0], "m71");
    await ann.page.evaluate("document.getElementById('log').scrollTop = 0");
    const where = `Math.round(document.querySelector("[data-offset='71']")
      .getBoundingClientRect().top)`;
    const before = await ann.page.evaluate(where);
    await ann.click("#older");
    await ann.sees("m21");
    assert.ok(Math.abs(await ann.page.evaluate(where) - before) < 60);
    await ann.page.until("!document.getElementById('older').disabled");
    await ann.click("#older");
    await ann.sees("m1");
    assert.deepEqual(await ann.texts(), Array.from({ length: 120 }, (_, i) => `m${i + 1}`));
    await ann.page.until("document.getElementById('older').hidden");
  }));

test("who has scrolled up is not pulled down, and is told", () => at({}, async (server, enter) => {
  const { rooms } = server;
  for (let i = 1; i <= 50; i++) rooms.publish(rooms.get("lobby"), "eve", `i${i}`, `m${i}`);
  const ann = await enter("ann");
  await ann.sees("m50");
  await ann.page.evaluate("document.getElementById('log').scrollTop = 0");
  const bob = await enter("bob");
  await bob.say("news");
  await ann.sees("news");
  await ann.page.until("!document.getElementById('newest').hidden");
  assert.equal(await ann.page.evaluate("document.getElementById('log').scrollTop"), 0);
  await ann.click("#newest");
  await ann.page.until(`(({ scrollHeight, scrollTop, clientHeight }) =>
    scrollHeight - scrollTop - clientHeight < 2)(document.getElementById("log"))`);
}));

test("a refused message stays, with why, and can be sent again or discarded", () => at({},
  async (server, enter) => {
    const ann = await enter("ann");
    await ann.say("/limit");
    await ann.shows("pending", "Not sent: too many messages");
    await picture(ann, "refused");
    await ann.click("#pending .link:first-of-type");
    await ann.shows("pending", "Not sent: too many messages");
    await ann.click("#pending .link:last-of-type");
    await ann.gone("#pending li");
  }));

test("a long message is refused before it is sent", () => at({}, async (server, enter) => {
  const ann = await enter("ann");
  await ann.page.type("é".repeat(2049));
  await ann.page.until("document.getElementById('text').getAttribute('aria-invalid') === 'true'");
  await ann.page.press("Enter");
  assert.equal(await ann.count("#pending li"), 0);
}));

test("a server that is not open asks for a token", () => at({ tokens: new Map([["t1", "ann"]]) },
  async (server) => {
    const tab = new ChatTab(await chromium.newPage());
    await tab.page.open(server.url);
    await tab.page.until("document.activeElement.id === 'name'");
    await tab.page.type("ann");
    await tab.page.press("Enter");
    await tab.shows("sign-in-problem", "This server asks for a token.");
    await tab.page.until("document.activeElement.id === 'token'");
    await tab.page.type("no");
    await tab.page.press("Enter");
    await tab.shows("sign-in-problem", "does not take this token");
    await tab.page.evaluate("document.getElementById('token').value = ''");
    await picture(tab, "token");
    await tab.page.type("t1");
    await tab.page.press("Enter");
    await tab.page.until("document.activeElement.id === 'text'");
    await tab.shows("me-name", "ann");
    assert.equal(await tab.page.evaluate("document.getElementById('open-to-all').hidden"), true);
    await tab.click("#sign-out");
    await tab.page.until("!document.getElementById('sign-in').hidden");
    assert.equal(await tab.page.evaluate("document.getElementById('token').value"), "");
    await tab.page.close();
  }));

test("an open server says so", () => at({}, async (server, enter) => {
  const ann = await enter("ann");
  await ann.shows("open-to-all", "Open to all.");
}));

test("a big room shows a count and no names", () => at({ countsOnly: true },
  async (server, enter) => {
    const ann = await enter("ann");
    await enter("bob");
    await ann.shows("people-note", "2 people are here, too many to list.");
    assert.equal(await ann.count("#names li"), 0);
  }));

test("the keyboard is enough", () => at({}, async (server, enter) => {
  const ann = await enter("ann");
  const bob = await enter("bob");
  await ann.tabTo("#room-name");
  await ann.page.type("tea");
  await ann.page.press("Enter");
  await ann.shows("room-title", "tea");
  await ann.page.until("document.activeElement.id === 'text'");
  await ann.page.press("ArrowUp", "alt");
  await ann.shows("room-title", "lobby");
  await ann.page.type("one");
  await ann.page.press("Enter", "shift");
  await ann.page.type("two");
  await ann.page.press("Enter");
  await bob.sees("one\ntwo");
  await ann.tabTo("[aria-label='Leave tea']");
  await ann.page.press("Enter");
  await ann.gone("[data-room=tea]");
  await ann.tabTo("#log");
  await ann.page.press("Escape");
  await ann.page.until("document.activeElement.id === 'text'");
  await ann.tabTo("#sign-out");
  await ann.page.press("Enter");
  await ann.page.until("document.activeElement.id === 'name'");
}));

test("every control has a name", () => at({}, async (server, enter) => {
  const ann = await enter("ann");
  await ann.joinRoom("tea");
  const nameless = await ann.page.evaluate(`[...document.querySelectorAll("button, input, textarea")]
    .filter((control) => !control.ariaLabel && !control.innerText?.trim()
      && !control.textContent.trim() && !control.labels?.length)
    .map((control) => control.outerHTML)`);
  assert.deepEqual(nameless, []);
}));

test("a draft stays with its room", () => at({}, async (server, enter) => {
  const ann = await enter("ann");
  await ann.page.type("half a");
  await ann.joinRoom("tea");
  assert.equal(await ann.page.evaluate("document.getElementById('text').value"), "");
  await ann.click("[data-room=lobby]");
  assert.equal(await ann.page.evaluate("document.getElementById('text').value"), "half a");
}));

test("what is written while the server is away is sent when it is back", () => at({},
  async (server, enter) => {
    const ann = await enter("ann");
    await ann.say("before");
    await ann.sees("before");
    await server.stop();
    await ann.shows("banner-text", "The connection was lost.");
    await ann.say("meanwhile");
    await ann.shows("pending", "Sending…");
    await picture(ann, "away");
    await server.start();
    await ann.click("#try-now");
    await ann.sees("meanwhile");
    assert.deepEqual(await ann.texts(), ["before", "meanwhile"]);
    await ann.gone("#pending li");
  }));

test("a server that drains is said to restart, and one is back afterwards", () => at({},
  async (server, enter) => {
    const ann = await enter("ann");
    server.drain(700);
    await ann.shows("banner-text", "The server is restarting.");
    await ann.connected();
    await ann.page.until("document.getElementById('banner').hidden");
  }));

test("messages that are no longer kept are a notice", () => at({ rooms: new FakeRooms(3) },
  async (server, enter) => {
    const { rooms } = server;
    const ann = await enter("ann");
    await ann.say("first");
    await ann.sees("first");
    await server.stop();
    for (let i = 2; i <= 8; i++) rooms.publish(rooms.get("lobby"), "eve", `i${i}`, `m${i}`);
    await server.start();
    await ann.sees("m8");
    await ann.shows("messages", "4 messages came while you were away and are no longer kept.");
    assert.deepEqual(await ann.texts(), ["first", "m6", "m7", "m8"]);
    assert.equal(await ann.count(".gap"), 1);
  }));

async function conversation(server, enter) {
  const ann = await enter("ann");
  const bob = await enter("Bob");
  await bob.say("Good morning! Has anybody seen the new build?");
  await ann.sees("Good morning! Has anybody seen the new build?");
  await ann.say("Yes. It is twice as fast as the last one, and nothing broke.");
  await ann.say("The figures are in docs/performance.md.");
  await bob.sees("The figures are in docs/performance.md.");
  await bob.say("Then let us ship it.");
  await ann.sees("Then let us ship it.");
  await bob.page.type("…");
  await ann.shows("typing", "Bob is typing…");
  return ann;
}

const looks = {
  light: [{ "prefers-color-scheme": "light" }, { width: 1280, height: 800 }],
  dark: [{ "prefers-color-scheme": "dark" }, { width: 1280, height: 800 }],
  "narrow-light": [{ "prefers-color-scheme": "light" }, { width: 320, height: 640, mobile: true }],
  "narrow-dark": [{ "prefers-color-scheme": "dark" }, { width: 320, height: 640, mobile: true }],
  medium: [{ "prefers-color-scheme": "light" }, { width: 820, height: 700 }],
};

test("it fits its screen, light and dark, narrow and wide", () => at({}, async (server, enter) => {
  const ann = await conversation(server, enter);
  const backgrounds = {};
  for (const [name, [features, size]] of Object.entries(looks)) {
    await ann.page.prefer(features);
    await ann.page.resize(size);
    await ann.page.until(`innerWidth === ${size.width}`);
    const [inside, outside] = await ann.page.evaluate(
      "[document.documentElement.scrollWidth, document.getElementById('send').getBoundingClientRect().right]");
    assert.ok(inside <= size.width && outside <= size.width, `${name} is wider than its screen`);
    backgrounds[name] = await ann.page.evaluate(
      "getComputedStyle(document.querySelector('.room')).backgroundColor");
    await picture(ann, name);
  }
  assert.notEqual(backgrounds.light, backgrounds.dark);
}));

test("on a narrow screen rooms and people are panels, which Escape closes", () => at({},
  async (server, enter) => {
    const ann = await enter("ann", { width: 320, height: 640 });
    for (const [opener, panel] of [["show-rooms", "rooms-panel"], ["show-people", "people-panel"]]) {
      const visible = `getComputedStyle(document.getElementById("${panel}")).display !== "none"`;
      await ann.page.until(`!(${visible})`);
      await ann.click(`#${opener}`);
      await ann.page.until(visible);
      assert.equal(await ann.page.evaluate(
        `document.getElementById("${opener}").getAttribute("aria-expanded")`), "true");
      await picture(ann, panel);
      await ann.page.press("Escape");
      await ann.page.until(`!(${visible})`);
    }
  }));

test("nothing moves for who does not want it", () => at({}, async (server, enter) => {
  const ann = await enter("ann");
  await ann.page.prefer({ "prefers-reduced-motion": "reduce" });
  await ann.tryRoom("not a name");
  await ann.exists(".toast");
  assert.equal(await ann.page.evaluate(
    "getComputedStyle(document.querySelector('.toast')).animationName"), "none");
}));

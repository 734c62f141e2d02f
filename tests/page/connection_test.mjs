// The client's connection: states, reconnecting, heartbeat, draining, tokens.

import assert from "node:assert/strict";
import test from "node:test";

import { comeBack, makeClient, makeMember, settled } from "./client_support.mjs";

const states = ({ of }) => of("state").map(({ state }) => state);

for (const format of ["json", "binary"]) {
  test(`says hello and is welcome, in ${format}`, async () => {
    const made = makeClient({ format });
    const welcome = made.client.connect();
    const hello = await made.world.socket.welcome({ openToAll: true });
    assert.deepEqual(hello, { version: 1, token: "", name: "ann", device: "d" });
    assert.equal((await welcome).user, "ann");
    assert.equal((await welcome).openToAll, true);
    assert.deepEqual(states(made), ["connecting", "open"]);
  });
}

test("waits longer after each failed try, at random, up to a limit", async () => {
  const made = makeClient({ backoff: { firstMs: 100, maxMs: 400 } });
  made.client.connect();
  for (let i = 0; i < 5; i++) {
    made.world.socket.lose();
    await made.world.advance(400);
  }
  const waits = made.of("state").filter(({ state }) => state === "reconnecting");
  assert.deepEqual(waits.map(({ waitMs }) => waitMs), [50, 100, 200, 200, 200]);
  assert.equal(made.world.sockets.length, 6);
});

test("a connection that lasted begins the waits anew, one that did not does not", async () => {
  const made = makeClient({ backoff: { firstMs: 100 } });
  made.client.connect();
  const waits = [];
  made.client.on("state", ({ waitMs }) => waitMs !== undefined && waits.push(waitMs));
  for (const lastsMs of [0, 0, 5_000]) {
    await made.world.socket.welcome();
    await made.world.advance(lastsMs);
    made.world.socket.lose();
    await made.world.advance(1_000);
  }
  assert.deepEqual(waits, [50, 100, 50]);
});

test("tries at once when told that the network is back", async () => {
  const made = makeClient();
  made.client.connect();
  made.world.socket.lose();
  made.client.reconnectNow();
  assert.equal(made.world.sockets.length, 2);
  await made.world.advance(19_999);
  assert.equal(made.world.sockets.length, 2, "the wait that was left does not go on");
});

test("a server that does not answer is given up", async () => {
  const made = makeClient();
  made.client.connect();
  await made.world.advance(20_000);
  assert.equal(made.world.sockets[0].closed, true);
  assert.equal(made.of("state").at(-1).error.code, "timed_out");
});

test("a ping after a silence, a lost connection after twice as long", async () => {
  const { world, client } = await makeMember();
  await world.advance(29_999);
  assert.equal(world.socket.count("ping"), 0);
  await world.advance(1);
  world.socket.answer("ping", { pong: {} });
  await world.advance(30_000);
  assert.equal(world.socket.count("ping"), 1);
  assert.equal(client.state, "open");
  await world.advance(30_000);
  assert.equal(client.state, "reconnecting");
});

test("no ping as long as something comes", async () => {
  const { world } = await makeMember();
  for (let i = 1; i < 5; i++) {
    await world.advance(20_000);
    world.socket.message(i);
  }
  assert.equal(world.socket.count("ping"), 0);
});

test("a draining server is left when it has answered, and visited again when it says", async () => {
  const made = await makeMember();
  const published = made.client.publish("tea", "one");
  made.world.socket.deliver({ draining: { afterMs: 7000, resume: true } });
  assert.equal(made.client.state, "draining");
  const late = made.client.publish("tea", "two");
  assert.equal(made.world.socket.count("publish"), 1, "the late one waits");
  made.world.socket.answer("publish", {
    published: { room: "tea", position: { epoch: "7", offset: 1 } },
  });
  assert.equal((await published).position.offset, 1);
  assert.equal(made.client.state, "reconnecting");
  await made.world.advance(6_999);
  assert.equal(made.world.sockets.length, 1);
  await made.world.advance(1);
  assert.equal(made.world.sockets.length, 2);
  await made.world.socket.welcome();
  await made.world.socket.joined(1);
  made.world.socket.answer("publish", {
    published: { room: "tea", position: { epoch: "7", offset: 2 } },
  });
  assert.equal((await late).position.offset, 2);
});

test("a draining server that does not answer is left after two seconds", async () => {
  const { world, client } = await makeMember();
  client.publish("tea", "one");
  world.socket.deliver({ draining: { afterMs: 100 } });
  await world.advance(2_000);
  assert.equal(world.sockets[0].closed, true);
  await world.advance(0);
  assert.equal(world.sockets.length, 2, "its time to come back is over already");
});

test("a draining server that ends first is visited again when it said", async () => {
  const { world } = await makeMember();
  world.socket.deliver({ draining: { afterMs: 1500 } });
  world.socket.lose(1001);
  await world.advance(1_499);
  assert.equal(world.sockets.length, 1);
  await world.advance(1);
  assert.equal(world.sockets.length, 2);
});

for (const code of ["BAD_TOKEN", "BAD_NAME", "NOT_ALLOWED", "UNSUPPORTED_VERSION"]) {
  test(`${code} at hello ends the client`, async () => {
    const made = makeClient();
    const connected = made.client.connect();
    made.world.socket.onopen();
    await settled();
    made.world.socket.fail("hello", code, { text: "no" });
    await assert.rejects(connected, { code: code.toLowerCase(), message: "no" });
    assert.equal(made.client.state, "closed");
    assert.equal(made.of("state").at(-1).error.code, code.toLowerCase());
    await made.world.advance(60_000);
    assert.equal(made.world.sockets.length, 1);
  });
}

test("a rate limit at hello is waited for", async () => {
  const made = makeClient();
  made.client.connect();
  made.world.socket.onopen();
  await settled();
  made.world.socket.fail("hello", "RATE_LIMITED", { retryAfterMs: 9000 });
  await made.world.advance(8_999);
  assert.equal(made.world.sockets.length, 1);
  await made.world.advance(1);
  assert.equal(made.world.sockets.length, 2);
});

test("an expired token is asked for once more, a second one that expired ends it", async () => {
  let asked = 0;
  const made = makeClient({ token: async () => `t${++asked}` });
  const connected = made.client.connect();
  for (let i = 0; i < 2; i++) {
    made.world.socket.onopen();
    await settled();
    assert.equal(made.world.socket.fail("hello", "TOKEN_EXPIRED").token, `t${i + 1}`);
    await made.world.advance(1_000);
  }
  await assert.rejects(connected, { code: "token_expired" });
});

test("a token that cannot be had is tried for again", async () => {
  let works = false;
  const made = makeClient({ token: () => (works ? "t" : Promise.reject(new Error("offline"))) });
  made.client.connect();
  made.world.socket.onopen();
  await settled();
  assert.equal(made.client.state, "reconnecting");
  works = true;
  await made.world.advance(1_000);
  assert.equal((await made.world.socket.welcome()).token, "t");
});

test("a token that expires is refreshed on the same connection", async () => {
  let asked = 0;
  const made = makeClient({ token: () => `t${++asked}` });
  made.client.connect();
  await made.world.socket.welcome({ tokenExpiresMs: "5000" });
  made.world.socket.deliver({ expiring: { atMs: "5000" } });
  await settled();
  const refresh = made.world.socket.answer("refresh",
    { welcome: { user: "ann", tokenExpiresMs: "9000" } });
  await settled();
  assert.equal(refresh.token, "t2");
  assert.deepEqual(made.of("expiring").map(({ at }) => at), [5000]);
  assert.equal(made.client.welcome.tokenExpiresMs, 9000);
  assert.equal(made.world.sockets.length, 1);
});

test("what is no event ends the connection, not the client", async () => {
  const { world, client } = await makeMember();
  world.socket.onmessage({ data: "{" });
  assert.equal(client.state, "reconnecting");
});

test("an event of a kind that is not known yet is left alone", async () => {
  const { world, client } = await makeMember();
  world.socket.onmessage({ data: '{"applause":{}}' });
  assert.equal(client.state, "open");
});

test("close settles everything and nothing comes after it", async () => {
  const made = await makeMember();
  const waiting = [made.client.publish("tea", "x"), made.client.who("tea"),
    made.client.join("rum")];
  made.client.close();
  for (const promise of waiting) await assert.rejects(promise, { name: "ChatError" });
  const { length } = made.events;
  made.world.sockets[0].message(1);
  await made.world.advance(600_000);
  assert.equal(made.events.length, length);
  assert.equal(made.world.sockets.length, 1);
});

test("after close one can connect again", async () => {
  const made = await makeMember();
  made.client.close();
  const welcome = made.client.connect();
  await made.world.socket.welcome({ user: "ann again" });
  assert.equal((await welcome).user, "ann again");
});

test("a handler that throws does not hurt the client", async () => {
  const made = await makeMember();
  made.client.on("message", () => { throw new Error("theirs"); });
  made.world.socket.message(1);
  made.world.socket.message(2);
  assert.deepEqual(made.world.reported.map(({ message }) => message), ["theirs", "theirs"]);
  assert.equal(made.of("message").length, 2);
});

test("after a lost connection the same device says hello", async () => {
  const made = makeClient({ device: undefined });
  made.client.connect();
  const first = await made.world.socket.welcome();
  await comeBack(made);
  made.world.socket.lose();
  await made.world.advance(30_000);
  const third = await made.world.socket.welcome();
  assert.match(first.device, /^[0-9a-f]{32}$/);
  assert.equal(third.device, first.device);
});

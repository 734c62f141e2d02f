// Publishing: order, ids, bounds, what is sent again and what is not.

import assert from "node:assert/strict";
import test from "node:test";

import { comeBack, makeClient, makeMember, settled } from "./client_support.mjs";

const at = (offset, more = {}) =>
  ({ published: { room: "tea", position: { epoch: "7", offset }, ...more } });

test("the promise has the position", async () => {
  const { client, world } = await makeMember();
  const published = client.publish("tea", "hello");
  const sent = world.socket.answer("publish", at(1));
  assert.equal(sent.text, "hello");
  assert.deepEqual(await published,
    { id: sent.id, position: { epoch: "7", offset: 1 }, again: false });
});

test("without an answer it is sent again with the same id, in order, after the join", async () => {
  const made = await makeMember();
  const both = [made.client.publish("tea", "one"), made.client.publish("tea", "two")];
  const { sent } = made.world.socket;
  const first = sent.filter(({ publish }) => publish).map(({ publish }) => publish);
  await comeBack(made);
  assert.equal(made.world.socket.count("publish"), 0, "not joined yet");
  await made.world.socket.joined();
  assert.deepEqual(made.world.socket.answer("publish", at(1, { again: true })), first[0]);
  assert.deepEqual(made.world.socket.answer("publish", at(2)), first[1]);
  assert.equal((await both[0]).again, true);
  assert.equal((await both[1]).position.offset, 2);
});

test("what was answered is not sent again", async () => {
  const made = await makeMember();
  const published = made.client.publish("tea", "one");
  made.world.socket.answer("publish", at(1));
  await published;
  await comeBack(made);
  await made.world.socket.joined();
  assert.equal(made.world.socket.count("publish"), 0);
});

test("an answer of a lost connection changes nothing", async () => {
  const made = await makeMember();
  made.client.publish("tea", "one");
  const old = made.world.socket;
  await comeBack(made);
  await made.world.socket.joined();
  old.answer("publish", at(1));
  assert.equal(made.world.socket.count("publish"), 1);
});

test("too many rejects with the id", async () => {
  const made = makeClient({ publishesMax: 2 });
  made.client.join("tea");
  made.client.publish("tea", "one").catch(() => {});
  made.client.publish("tea", "two").catch(() => {});
  await assert.rejects(made.client.publish("tea", "three", { id: "x" }),
    { code: "queue_full", id: "x" });
  made.client.connect();
  made.client.close();
});

test("sixteen are on their way at most", async () => {
  const { client, world } = await makeMember();
  for (let i = 0; i < 20; i++) client.publish("tea", `m${i}`);
  assert.equal(world.socket.count("publish"), 16);
  world.socket.answer("publish", at(1));
  assert.equal(world.socket.count("publish"), 16);
  assert.equal(world.socket.sent.at(-1).publish.text, "m16");
});

test("nothing more is handed to a network that does not take it", async () => {
  const { client, world } = await makeMember();
  client.publish("tea", "one");
  world.socket.bufferedAmount = 64 * 1024 + 1;
  client.publish("tea", "two");
  assert.equal(world.socket.count("publish"), 1);
  world.socket.bufferedAmount = 0;
  world.socket.answer("publish", at(1));
  assert.equal(world.socket.take("publish").body.text, "two");
});

test("a refused message rejects with its id and can be sent with it again", async () => {
  const { client, world } = await makeMember();
  const published = client.publish("tea", "hello");
  const { id } = world.socket.fail("publish", "RATE_LIMITED", { retryAfterMs: 800, text: "slow" });
  await assert.rejects(published,
    { code: "rate_limited", message: "slow", retryAfterMs: 800, id });
  const again = client.publish("tea", "hello", { id });
  assert.equal(world.socket.answer("publish", at(1)).id, id);
  assert.equal((await again).id, id);
});

test("texts that cannot be published are refused here", async () => {
  const made = makeClient();
  made.client.connect();
  await made.world.socket.welcome({ textBytesMax: 4 });
  made.client.join("tea");
  await made.world.socket.joined();
  await assert.rejects(made.client.publish("tea", ""), { code: "bad_text" });
  await assert.rejects(made.client.publish("tea", "ééé"), { code: "bad_text" });
  await assert.rejects(made.client.publish("rum", "x"), { code: "not_joined" });
});

test("half a surrogate pair is replaced, as it is no text", async () => {
  const { client, world } = await makeMember();
  client.publish("tea", "a\ud800b");
  assert.equal(world.socket.take("publish").body.text, "a\ufffdb");
});

test("leaving a room rejects what waits for it and only that", async () => {
  const made = await makeMember();
  made.client.join("rum");
  await made.world.socket.joined();
  const tea = made.client.publish("tea", "one");
  const rum = made.client.publish("rum", "two");
  made.client.leave("tea");
  await assert.rejects(tea, { code: "left" });
  made.world.socket.answer("publish", at(1)); // of tea, too late
  made.world.socket.answer("publish", { published: { position: { epoch: "7", offset: 2 } } });
  assert.equal((await rum).position.offset, 2);
});

test("a room that cannot be joined again fails what waits for it", async () => {
  const made = await makeMember();
  const published = made.client.publish("tea", "one");
  await comeBack(made);
  made.world.socket.fail("join", "NOT_ALLOWED");
  await assert.rejects(published, { code: "not_allowed" });
});

test("a room that is not joined yet does not hold up the others", async () => {
  const made = await makeMember();
  made.client.join("rum");
  made.client.publish("rum", "waits");
  made.client.publish("tea", "goes");
  await settled();
  assert.equal(made.world.socket.take("publish").body.text, "goes");
});

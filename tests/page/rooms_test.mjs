// Rooms: joining, resuming, gaps, what is dropped as known, presence, history.

import assert from "node:assert/strict";
import test from "node:test";

import { comeBack, makeClient, makeMember, settled } from "./client_support.mjs";

const offsets = ({ of }) => of("message").map(({ position }) => position.offset);

test("a room that was asked for early is joined at the welcome", async () => {
  const made = makeClient({ history: 20 });
  const joined = made.client.join("tea");
  made.client.connect();
  await made.world.socket.welcome();
  const asked = await made.world.socket.joined(3);
  assert.deepEqual(asked, { room: "tea", history: 20 });
  assert.deepEqual((await joined).newest, { epoch: "7", offset: 3 });
  assert.equal((await joined).resumed, false);
});

test("a room that is joined while others hear of the welcome is asked for once", async () => {
  const made = makeClient();
  made.client.on("state", ({ state }) => state === "open" && made.client.join("tea"));
  made.client.connect();
  await made.world.socket.welcome();
  await settled();
  assert.equal(made.world.socket.count("join"), 1);
});

test("resumes after the last message", async () => {
  const made = await makeMember({}, 2);
  made.world.socket.message(1);
  made.world.socket.message(2);
  await comeBack(made);
  const asked = await made.world.socket.joined(3);
  assert.deepEqual(asked.after, { epoch: "7", offset: "2" });
  made.world.socket.message(3);
  assert.deepEqual(offsets(made), [1, 2, 3]);
  assert.equal(made.of("joined").at(-1).resumed, true);
});

test("resumes at the beginning of a room where nothing was said yet", async () => {
  const made = await makeMember();
  await comeBack(made);
  assert.deepEqual((await made.world.socket.joined()).after, { epoch: "7", offset: "0" });
});

test("resumes where it joined if it asked for no history", async () => {
  const made = await makeMember({ history: 0 }, 40);
  await comeBack(made);
  assert.deepEqual((await made.world.socket.joined(41)).after, { epoch: "7", offset: "40" });
});

test("joins anew if no message came of those that were there", async () => {
  const made = await makeMember({ history: 5 }, 40);
  await comeBack(made);
  assert.deepEqual(await made.world.socket.joined(47), { room: "tea", history: 5 });
  made.world.socket.message(43);
  assert.deepEqual(made.of("gap").map(({ from, to, reason }) => [from.offset, to.offset, reason]),
    [[40, 42, "unknown"]]);
});

test("resumes from the position that the user has", async () => {
  const made = makeClient();
  made.client.connect();
  await made.world.socket.welcome();
  made.client.join("tea", { after: { epoch: "7", offset: 12 } });
  assert.deepEqual((await made.world.socket.joined(13)).after, { epoch: "7", offset: "12" });
});

test("a message that came before is dropped", async () => {
  const made = await makeMember();
  for (const offset of [1, 2, 2, 1, 3]) made.world.socket.message(offset);
  assert.deepEqual(offsets(made), [1, 2, 3]);
  assert.equal(made.of("gap").length, 0);
});

test("a gap is told once, and what comes after it is no hole", async () => {
  const made = await makeMember();
  made.world.socket.message(1);
  const gap = { room: "tea", from: { epoch: "7", offset: 1 }, to: { epoch: "7", offset: 5 },
    reason: "GAP_REASON_NOT_KEPT" };
  made.world.socket.deliver({ gap });
  made.world.socket.deliver({ gap });
  made.world.socket.message(6);
  assert.deepEqual(made.of("gap").map(({ event }) => event), [{ room: "tea",
    from: { epoch: "7", offset: 1 }, to: { epoch: "7", offset: 5 }, reason: "not_kept" }]);
  await comeBack(made);
  assert.equal((await made.world.socket.joined(6)).after.offset, "6");
});

test("after a gap without messages the end of the gap is resumed from", async () => {
  const made = await makeMember();
  made.world.socket.message(1);
  made.world.socket.deliver({ gap: { room: "tea", from: { epoch: "7", offset: 1 },
    to: { epoch: "8", offset: 0 }, reason: "GAP_REASON_NEW_EPOCH" } });
  await comeBack(made);
  assert.deepEqual((await made.world.socket.joined(0, "8")).after, { epoch: "8", offset: "0" });
  made.world.socket.message(1, "new", { epoch: "8" });
  assert.deepEqual(offsets(made), [1, 1]);
  assert.equal(made.of("gap").length, 1);
});

test("a hole that the server did not tell is told as unknown", async () => {
  const made = await makeMember();
  made.world.socket.message(1);
  made.world.socket.message(4);
  assert.deepEqual(made.of("gap").map(({ from, to, reason }) => [from.offset, to.offset, reason]),
    [[1, 3, "unknown"]]);
  assert.deepEqual(offsets(made), [1, 4]);
});

test("an epoch that changes without a gap is told as one", async () => {
  const made = await makeMember();
  made.world.socket.message(9);
  made.world.socket.message(3, "new", { epoch: "8" });
  assert.deepEqual(made.of("gap").at(-1).to, { epoch: "8", offset: 2 });
  assert.equal(made.of("gap").at(-1).reason, "new_epoch");
});

test("epochs of 64 bits stay exact", async () => {
  const made = await makeMember({ format: "binary" });
  const epoch = "18446744073709551615";
  made.world.socket.message(1, "x", { epoch });
  await comeBack(made);
  assert.equal((await made.world.socket.joined(1, epoch)).after.epoch, epoch);
});

test("a left room is not joined again and its messages are dropped", async () => {
  const made = await makeMember();
  made.client.leave("tea");
  assert.equal(made.world.socket.take("leave").body.room, "tea");
  made.world.socket.message(1);
  await comeBack(made);
  assert.equal(made.world.socket.count("join"), 0);
  assert.equal(made.of("message").length, 0);
});

test("a room that is left and joined again at once gets no message of before", async () => {
  const made = await makeMember({}, 3);
  made.client.leave("tea");
  made.client.join("tea");
  made.world.socket.message(4);
  await made.world.socket.joined(4);
  for (const offset of [3, 4]) made.world.socket.message(offset);
  assert.deepEqual(offsets(made), [3, 4]);
});

test("a join that is not allowed rejects and is given up", async () => {
  const made = makeClient();
  made.client.connect();
  await made.world.socket.welcome();
  const joined = made.client.join("vault");
  made.world.socket.fail("join", "NOT_ALLOWED", { text: "not you" });
  await assert.rejects(joined, { code: "not_allowed", message: "not you" });
  assert.deepEqual(made.client.rooms, []);
  assert.equal(made.of("left").at(-1).room, "vault");
});

test("a join that is refused for now is tried again when the server says", async () => {
  const made = makeClient();
  made.client.connect();
  await made.world.socket.welcome();
  const joined = made.client.join("tea");
  made.world.socket.fail("join", "RATE_LIMITED", { retryAfterMs: 3000 });
  await made.world.advance(2_999);
  assert.equal(made.world.socket.count("join"), 0);
  await made.world.advance(1);
  await made.world.socket.joined();
  assert.equal((await joined).room, "tea");
});

test("two joins of a room are one", async () => {
  const made = makeClient();
  made.client.connect();
  await made.world.socket.welcome();
  const both = Promise.all([made.client.join("tea"), made.client.join("tea")]);
  assert.equal(made.world.socket.count("join"), 1);
  await made.world.socket.joined();
  assert.equal((await both).length, 2);
});

test("more rooms than allowed are refused", async () => {
  const made = makeClient({ roomsMax: 1 });
  made.client.join("tea");
  await assert.rejects(made.client.join("rum"), { code: "too_many" });
});

test("presence and typing of joined rooms are told", async () => {
  const made = await makeMember();
  const presence = { room: "tea", user: "bob", present: true, users: 2 };
  const typing = { room: "tea", user: "bob", active: true };
  made.world.socket.deliver({ presence });
  made.world.socket.deliver({ typing });
  made.world.socket.deliver({ typing: { ...typing, room: "rum" } });
  assert.deepEqual(made.of("presence").map(({ event }) => event), [presence]);
  assert.deepEqual(made.of("typing").map(({ event }) => event), [typing]);
});

test("a list that comes anew is told", async () => {
  const made = await makeMember();
  made.world.socket.deliver({ members: { room: "tea", users: 5000, countsOnly: true } });
  assert.deepEqual(made.of("members").map(({ event }) => event),
    [{ room: "tea", users: 5000, names: [], countsOnly: true }]);
});

test("a room that a new token does not name is left, and what waits for it fails", async () => {
  const made = await makeMember();
  const published = made.client.publish("tea", "x");
  made.world.socket.deliver({ left: { room: "tea" } });
  await assert.rejects(published, { code: "not_allowed" });
  assert.deepEqual(made.of("left").map(({ room }) => room), ["tea"]);
  assert.deepEqual(made.client.rooms, []);
});

test("typing is sent every two seconds at most, its end once", async () => {
  const { client, world } = await makeMember();
  client.typing("tea", false);
  client.typing("tea");
  client.typing("tea");
  assert.equal(world.socket.count("typing"), 1);
  await world.advance(2_000);
  client.typing("tea");
  client.typing("tea", false);
  client.typing("tea", false);
  assert.equal(world.socket.count("typing"), 3);
});

test("who and history answer", async () => {
  const { client, world } = await makeMember();
  const who = client.who("tea");
  world.socket.answer("who", { members: { room: "tea", users: 2, names: ["ann", "bob"] } });
  assert.deepEqual((await who).names, ["ann", "bob"]);
  const page = client.history("tea", { before: { epoch: "7", offset: 5 }, count: 2 });
  const asked = world.socket.answer("history", { page: { room: "tea", more: true, messages: [
    { room: "tea", position: { epoch: "7", offset: 4 }, user: "bob", id: "i", timeMs: "5",
      text: "hi" }] } });
  assert.deepEqual(asked, { room: "tea", before: { epoch: "7", offset: "5" }, count: 2 });
  assert.deepEqual(await page, { room: "tea", more: true, messages: [
    { room: "tea", position: { epoch: "7", offset: 4 }, user: "bob", id: "i", time: 5,
      text: "hi" }] });
});

test("a question without a connection rejects at once", async () => {
  const { client } = makeClient();
  await assert.rejects(client.who("tea"), { code: "connection_lost" });
});

test("a failure that answers nothing is told", async () => {
  const made = await makeMember();
  made.world.socket.deliver({ failed: { code: 99, text: "?" } });
  await settled();
  assert.equal(made.of("failure").at(-1).event.code, "code_99");
});

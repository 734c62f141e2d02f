// The codec beside protoc, and the schema table beside the schema.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "node:test";

import * as schema from "../../apps/chat-server/web/schema.js";
import { decode, encode, frame, ofJson, readVarint }
  from "../../apps/chat-server/web/protobuf.js";
import { describedSchema } from "./described_schema.mjs";

const schemas = fileURLToPath(new URL("../../proto/schemas", import.meta.url));
const file = "actornet/chat/v1/chat.proto";

function protoc(option, input) {
  return execFileSync("protoc", [option, "-I", schemas, file], { input });
}

const cases = [
  ["Command", 'request: 1 hello { version: 1 name: "ann" device: "d" }',
    { request: 1, hello: { version: 1, token: "", name: "ann", device: "d" } }],
  ["Command", 'request: 300 join { room: "t" after { epoch: 18446744073709551615 offset: 7 } }',
    { request: 300, join: { room: "t", history: 0,
      after: { epoch: "18446744073709551615", offset: "7" } } }],
  ["Command", "request: 4294967295 ping { }", { request: 4294967295, ping: {} }],
  ["Event", 'message { position { epoch: 1 } text: "h\\303\\251\\360\\237\\215\\265" time_ms: -1 }',
    { request: 0, message: { room: "", position: { epoch: "1", offset: "0" }, user: "", id: "",
      timeMs: "-1", text: "hé🍵" } }],
  ["Event", 'joined { members { names: "a" names: "" names: "c" users: 3 } }',
    { request: 0, joined: { room: "",
      members: { room: "", users: 3, names: ["a", "", "c"], countsOnly: false } } }],
  ["Event", "failed { code: FAILURE_CODE_RATE_LIMITED retry_after_ms: 5 }",
    { request: 0, failed: { code: "FAILURE_CODE_RATE_LIMITED", text: "", retryAfterMs: 5 } }],
  ["Event", "gap { to { } reason: GAP_REASON_NEW_EPOCH }",
    { request: 0, gap: { room: "", to: { epoch: "0", offset: "0" },
      reason: "GAP_REASON_NEW_EPOCH" } }],
  ["Event", "page { messages { } messages { } more: true }",
    { request: 0, page: { room: "", more: true, messages: [{}, {}].map(() =>
      ({ room: "", user: "", id: "", timeMs: "0", text: "" })) } }],
];

for (const [name, text, value] of cases) {
  test(`reads and writes what protoc makes of ${text.slice(0, 40)}`, () => {
    const bytes = new Uint8Array(protoc(`--encode=actornet.chat.v1.${name}`, text));
    assert.deepEqual(decode(name, bytes), value);
    assert.equal(String(protoc(`--decode=actornet.chat.v1.${name}`, encode(name, value))),
      String(protoc(`--decode=actornet.chat.v1.${name}`, bytes)));
    assert.deepEqual(ofJson(name, JSON.parse(JSON.stringify(value))), value);
  });
}

test("the table of messages and enums is the schema", () => {
  assert.deepEqual(describedSchema(schemas, file), { ...schema });
});

test("unknown fields of every wire type are skipped", () => {
  const bytes = Uint8Array.of(0xf8, 1, 5, 0xf1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0xfa, 1, 1, 9, 0xfd, 1,
    1, 2, 3, 4, 8, 3);
  assert.deepEqual(decode("Event", bytes), { request: 3 });
});

test("an enum's number that has no name yet stays a number", () => {
  assert.equal(decode("Failed", Uint8Array.of(8, 99)).code, 99);
  assert.equal(ofJson("Failed", { code: 99 }).code, 99);
});

const broken = {
  "a length beyond the end": [82, 5, 1],
  "an end inside a number": [8, 128],
  "a number of eleven bytes": [8, ...Array(10).fill(128), 0],
  "a group": [11],
  "text that is not UTF-8": [74, 3, 18, 1, 0xff],
};
for (const [what, bytes] of Object.entries(broken)) {
  test(`${what} is refused`, () => {
    assert.throws(() => decode("Event", Uint8Array.from(bytes)), { name: "CodecError" });
  });
}

const brokenJson = [[], null, "x", { request: -1 }, { request: 1.5 }, { request: true },
  { request: "" }, { request: 4294967296 }, { welcome: 1 }, { failed: { code: "NO" } },
  { page: { messages: {} } }, { failed: { text: 5 } }, { expiring: { atMs: "-1" } }];
for (const json of brokenJson) {
  test(`as JSON ${JSON.stringify(json)} is refused`, () => {
    assert.throws(() => ofJson("Event", json), { name: "CodecError" });
  });
}

test("JSON may have 64-bit numbers as numbers, null for absent, and members of later", () => {
  const event = ofJson("Event", { message: { timeMs: 5, text: null }, request: "7", later: 1 });
  assert.equal(event.message.timeMs, "5");
  assert.equal(event.message.text, "");
  assert.equal(event.request, 7);
});

test("a frame has its length in front", () => {
  const framed = frame(new Uint8Array(300));
  assert.deepEqual(readVarint(framed, 0), { value: 300n, next: 2 });
  assert.equal(framed.length, 302);
  assert.equal(readVarint(Uint8Array.of(0xac), 0), null);
});

test("random bytes are decoded or refused, never anything else", () => {
  let state = 1;
  const next = () => (state = (state * 48271) % 0x7fffffff);
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: next() % 40 }, () => next() % 256);
    try {
      decode("Event", bytes);
    } catch (error) {
      assert.equal(error.name, "CodecError");
    }
  }
});

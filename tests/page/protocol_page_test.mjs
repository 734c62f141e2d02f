// docs/protocol.md: its examples are messages of the schema, its bytes are theirs, nothing of the
// schema is left out, and the limits are the server's.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "node:test";

import { encode, frame, ofJson } from "../../apps/chat-server/web/protobuf.js";
import { enums, messages } from "../../apps/chat-server/web/schema.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/protocol.md`, "utf8");
const lines = page.split("\n");
const examples = lines.flatMap((line, at) => {
  const [, arrow, json] = /^([→←]) (\{.*\})$/.exec(line) ?? [];
  return json ? [{ name: arrow === "→" ? "Command" : "Event", json, next: lines[at + 1] }] : [];
});

// Without the members that have their defaults, as canonical JSON leaves them out.
function withoutDefaults(value) {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value)
    .map(([name, member]) => [name, withoutDefaults(member)])
    .filter(([, member]) => !(member === "" || member === 0 || member === "0" || member === false
      || (Array.isArray(member) && member.length === 0))));
}

test("there are examples", () => assert.ok(examples.length > 25));

for (const { name, json, next } of examples) {
  test(`${name} ${json.slice(0, 60)}`, () => {
    const value = ofJson(name, JSON.parse(json));
    const kinds = Object.keys(value).filter((key) => messages[name][key]
      && messages[messages[name][key][1]]);
    assert.equal(kinds.length, 1, "one kind");
    assert.deepEqual(withoutDefaults(value), JSON.parse(json));
    const bytes = encode(name, value);
    execFileSync("protoc", [`--decode=actornet.chat.v1.${name}`, "-I", `${root}proto/schemas`,
      "actornet/chat/v1/chat.proto"], { input: bytes, stdio: ["pipe", "pipe", "inherit"] });
    if (/^ {2}([0-9a-f]{2} )+/.test(next))
      assert.equal(Buffer.from(frame(bytes)).toString("hex"), next.replaceAll(" ", ""));
  });
}

test("the page shows some bytes", () => {
  assert.ok(examples.filter(({ next }) => /^ {2}([0-9a-f]{2} )+/.test(next)).length >= 3);
});

test("every failure and every reason for a gap is explained", () => {
  for (const name of [...enums.FailureCode, ...enums.GapReason].filter((name) =>
    !name.endsWith("UNSPECIFIED"))) assert.ok(page.includes(`| \`${name}\` |`), name);
});

test("every command and every event is explained", () => {
  for (const kind of ["Command", "Event"])
    for (const [, type] of Object.values(messages[kind]).filter(([, type]) => messages[type]))
      assert.ok(new RegExp(`\\b${type}\\b`).test(page), type);
});

// What the page says of a limit, and how apps/chat-server/limits.hpp says it.
const limits = {
  "| time to Welcome | 10 s |": "hello_timeout = std::chrono::seconds(10)",
  "| a command | 4 KiB before Welcome, 64 KiB after |":
    ["hello_bytes_max = 4 * 1024", "command_bytes_max = 64 * 1024"],
  "| a text | 8 KiB": "text_bytes_max = 8 * 1024",
  "| a message's id | 64 bytes |": "id_bytes_max = 64",
  "| rooms of a connection | 64 |": "rooms_max = 64",
  "`count` of ReadHistory | 500 | 500 |": "replay_messages_max = 500",
  "| commands of a connection | 50 a second, 200 at once |": "connection{50, 200}",
  "| messages of a user | 20 a second, 60 at once |": "user{20, 60}",
  "| Hellos and messages of an address | 100 a second, 400 at once |": "address{100, 400}",
  "A minute before the token": "expiry_notice = std::chrono::seconds(60)",
};
const limitsFile = `${root}apps/chat-server/limits.hpp`;
if (existsSync(limitsFile)) { // the server may come later than its client
  const server = readFileSync(limitsFile, "utf8");
  for (const [said, code] of Object.entries(limits)) {
    test(`the limit is the server's: ${said}`, () => {
      assert.ok(page.includes(said), "on the page");
      for (const line of [code].flat()) assert.ok(server.includes(line), line);
    });
  }
}

// Protobuf's binary encoding and its canonical JSON for the messages of schema.js.
//
// In memory a message is an object in the form of the canonical JSON: lowerCamelCase names, 64-bit
// integers as decimal strings, enums as names. What was decoded has all scalar and repeated fields,
// absent ones as their defaults; a message field only when it was there. What is to be encoded may
// leave fields out. https://protobuf.dev/programming-guides/encoding and /json

import { enums, messages } from "./schema.js";

const depthMax = 16; // of messages in messages; ours need 4
const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 };

// What is wrong with bytes or JSON that came.
export class CodecError extends Error {
  name = "CodecError";
}

function isRepeated(type) {
  return type.startsWith("*");
}

function elementType(type) {
  return isRepeated(type) ? type.slice(1) : type;
}

function defaultOf(type) {
  if (isRepeated(type)) return [];
  if (type === "string") return "";
  if (type === "bool") return false;
  if (type in enums) return enums[type][0];
  if (type === "uint64" || type === "int64") return "0";
  return type in messages ? undefined : 0;
}

function withDefaults(name) {
  const value = {};
  for (const [field, [, type]] of Object.entries(messages[name])) {
    const initial = defaultOf(type);
    if (initial !== undefined) value[field] = initial;
  }
  return value;
}

// -- binary, out -------------------------------------------------------------------------------

// An array of bytes that grows.
class Writer {
  #bytes = new Uint8Array(256);
  #size = 0;

  #reserve(more) {
    if (this.#size + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size + more));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
  }

  varint(value) {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#size++] = Number(rest & 127n) | 128;
    this.#bytes[this.#size++] = Number(rest);
  }

  bytes(value) {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#size);
    this.#size += value.length;
  }

  done() {
    return this.#bytes.slice(0, this.#size);
  }
}

function enumNumber(type, value) {
  if (typeof value === "number") return value; // one that this client does not know by name
  const number = enums[type].indexOf(value);
  if (number < 0) throw new CodecError(`${type} has no ${value}`);
  return number;
}

function writeElement(to, number, type, value) {
  const tag = (kind) => to.varint(number * 8 + kind);
  if (type === "string") {
    tag(wire.bytes);
    to.bytes(utf8.encode(value));
  } else if (type in messages) {
    tag(wire.bytes);
    to.bytes(encode(type, value));
  } else {
    tag(wire.varint);
    to.varint(type in enums ? enumNumber(type, value) : type === "bool" ? (value ? 1 : 0) : value);
  }
}

// The bytes of `value`, a message called `name`.
export function encode(name, value) {
  const to = new Writer();
  for (const [field, [number, type]] of Object.entries(messages[name])) {
    const given = value[field];
    if (given === undefined || given === null) continue;
    if (isRepeated(type)) {
      for (const element of given) writeElement(to, number, elementType(type), element);
    } else if (type in messages || String(given) !== String(defaultOf(type))) {
      writeElement(to, number, type, given);
    }
  }
  return to.done();
}

// -- binary, in --------------------------------------------------------------------------------

// Reads the varint at `from`: {value: a BigInt, next}, or null where the bytes end inside it.
export function readVarint(bytes, from) {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    if (from + i >= bytes.length) return null;
    const byte = bytes[from + i];
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value: BigInt.asUintN(64, value), next: from + i + 1 };
  }
  throw new CodecError("a varint has more than ten bytes");
}

class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  get atEnd() {
    return this.#at === this.#bytes.length;
  }

  varint() {
    const found = readVarint(this.#bytes, this.#at);
    if (!found) throw new CodecError("the message ends inside a number");
    this.#at = found.next;
    return found.value;
  }

  take(size) {
    if (size > this.#bytes.length - this.#at)
      throw new CodecError("the message ends inside a field");
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  bytes() {
    return this.take(Number(this.varint()));
  }

  skip(kind) {
    if (kind === wire.varint) this.varint();
    else if (kind === wire.bytes) this.bytes();
    else if (kind === wire.fixed64) this.take(8);
    else if (kind === wire.fixed32) this.take(4);
    else throw new CodecError(`wire type ${kind} is not one`);
  }
}

function text(bytes) {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new CodecError("a string is not UTF-8");
  }
}

function enumName(type, number) {
  return enums[type][number] ?? number;
}

function readElement(from, type, depth) {
  if (type === "string") return text(from.bytes());
  if (type in messages) return decode(type, from.bytes(), depth + 1);
  const value = from.varint();
  if (type === "bool") return value !== 0n;
  if (type === "uint64") return String(value);
  if (type === "int64") return String(BigInt.asIntN(64, value));
  if (type === "uint32") return Number(BigInt.asUintN(32, value));
  return enumName(type, Number(BigInt.asIntN(32, value)));
}

// The message called `name` of its bytes. Throws CodecError. Unknown fields are skipped.
export function decode(name, bytes, depth = 0) {
  if (depth > depthMax) throw new CodecError("too many messages in messages");
  const fields = new Map(Object.entries(messages[name]).map(
    ([field, [number, type]]) => [number, { field, type }]));
  const value = withDefaults(name);
  const from = new Reader(bytes);
  while (!from.atEnd) {
    const tag = Number(from.varint());
    const kind = tag % 8;
    const known = fields.get(Math.floor(tag / 8));
    const type = known && elementType(known.type);
    const expected = type === "string" || type in messages ? wire.bytes : wire.varint;
    if (!known || kind !== expected) {
      from.skip(kind);
      continue;
    }
    const element = readElement(from, type, depth);
    if (isRepeated(known.type)) value[known.field].push(element);
    else value[known.field] = element;
  }
  return value;
}

// -- JSON --------------------------------------------------------------------------------------

const uint64Max = 18446744073709551615n;

function integer(type, value) {
  let number;
  try {
    number = BigInt(value); // of "12", and of 12
  } catch {
    throw new CodecError(`${JSON.stringify(value)} is not an integer`);
  }
  const signed = type === "int64";
  const [min, max] = signed ? [-(2n ** 63n), 2n ** 63n - 1n]
    : [0n, type === "uint32" ? 4294967295n : uint64Max];
  if (typeof value === "boolean" || value === "" || number < min || number > max)
    throw new CodecError(`${JSON.stringify(value)} is not of type ${type}`);
  return type === "uint32" ? Number(number) : String(number);
}

function elementOfJson(type, value) {
  if (type in messages) return ofJson(type, value);
  if (type in enums)
    return typeof value === "number" ? enumName(type, value) : enums[type][enumNumber(type, value)];
  if (type === "string" || type === "bool") {
    if (typeof value !== (type === "bool" ? "boolean" : "string"))
      throw new CodecError(`${JSON.stringify(value)} is not of type ${type}`);
    return value;
  }
  return integer(type, value);
}

// The message called `name` of what JSON.parse gave. Throws CodecError. Unknown members are left
// out.
export function ofJson(name, json) {
  if (json === null || typeof json !== "object" || Array.isArray(json))
    throw new CodecError(`${name} is not an object`);
  const value = withDefaults(name);
  for (const [field, [, type]] of Object.entries(messages[name])) {
    const given = Object.hasOwn(json, field) ? json[field] : undefined;
    if (given === undefined || given === null) continue;
    if (!isRepeated(type)) value[field] = elementOfJson(type, given);
    else if (Array.isArray(given))
      value[field] = given.map((element) => elementOfJson(elementType(type), element));
    else throw new CodecError(`${name}.${field} is not an array`);
  }
  return value;
}

// -- delimited frames, as over tcp:// and tls:// -------------------------------------------------

// `payload` with its length in front.
export function frame(payload) {
  const to = new Writer();
  to.bytes(payload);
  return to.done();
}

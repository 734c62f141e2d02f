// A .proto file as the table of schema.js: protoc's descriptor, read with our own codec.
// Field numbers are those of google/protobuf/descriptor.proto.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as schema from "../../apps/chat-server/web/schema.js";
import { decode } from "../../apps/chat-server/web/protobuf.js";

const descriptor = {
  FileSet: { files: [1, "*File"] },
  File: { messages: [4, "*Type"], enums: [5, "*Enum"] },
  Type: { name: [1, "string"], fields: [2, "*Field"] },
  Field: { name: [1, "string"], number: [3, "uint32"], label: [4, "uint32"], type: [5, "uint32"],
    typeName: [6, "string"], jsonName: [10, "string"] },
  Enum: { name: [1, "string"], values: [2, "*Value"] },
  Value: { name: [1, "string"], number: [2, "uint32"] },
};
const scalars = { 3: "int64", 4: "uint64", 8: "bool", 9: "string", 13: "uint32" };
const repeated = 3;

function typeOf({ label, type, typeName }) {
  return (label === repeated ? "*" : "") + (scalars[type] ?? typeName.split(".").at(-1));
}

function protocSays(folder, file) {
  const out = mkdtempSync(join(tmpdir(), "actornet-schema-"));
  try {
    execFileSync("protoc", ["-I", folder, `--descriptor_set_out=${out}/set`, file]);
    return new Uint8Array(readFileSync(`${out}/set`));
  } finally {
    rmSync(out, { recursive: true });
  }
}

export function describedSchema(folder, file) {
  const bytes = protocSays(folder, file);
  const own = { ...schema.messages };
  Object.assign(schema.messages, descriptor);
  try {
    const [{ messages, enums }] = decode("FileSet", bytes).files;
    return {
      messages: Object.fromEntries(messages.map(({ name, fields }) => [name,
        Object.fromEntries(fields.map((field) => [field.jsonName,
          [field.number, typeOf(field)]]))])),
      enums: Object.fromEntries(enums.map(({ name, values }) => [name,
        values.sort((a, b) => a.number - b.number).map((value) => value.name)])),
    };
  } finally {
    for (const name of Object.keys(descriptor)) delete schema.messages[name];
    Object.assign(schema.messages, own);
  }
}

// What the chat peer needs of protobuf's wire format and of chat.proto, and no more.

export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get more() {
    return this.at < this.bytes.length;
  }

  varint() {
    let value = 0;
    for (let scale = 1; this.more && scale < 2 ** 53; scale *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new Error('malformed');
  }

  // {number, value} or {number, content}
  field() {
    const tag = this.varint();
    const value = this.varint();
    const number = tag >> 3;
    if ((tag & 7) === 0) return {number, value};
    if ((tag & 7) !== 2 || this.at + value > this.bytes.length) throw new Error('malformed');
    this.at += value;
    return {number, content: this.bytes.subarray(this.at - value, this.at)};
  }
}

export function parseCommand(bytes) {
  const command = {request: 0, kind: 0, texts: []};
  for (const outer = new Reader(bytes); outer.more;) {
    const {number, value, content} = outer.field();
    if (number === 1) {
      command.request = value;
      continue;
    }
    command.kind = number;
    for (const inner = new Reader(content); inner.more;) {
      const part = inner.field();
      command.texts[part.number] = part.content;
    }
  }
  return command;
}

function varint(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  bytes.push(value);
  return Buffer.from(bytes);
}

export function number(field, value) {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

export function content(field, bytes) {
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

export function position(field, offset) {
  return content(field, Buffer.concat([number(1, 1), number(2, offset)]));
}

export function event(request, kind, parts) {
  const inner = content(kind, Buffer.concat(parts));
  return request ? Buffer.concat([number(1, request), inner]) : inner;
}

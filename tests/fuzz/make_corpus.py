#!/usr/bin/env python3
"""Writes the seed inputs of the fuzz targets into corpus/<target>/, beside this script.

The files are checked in; run this after changing it. Other files there (found by the fuzzer, kept
because they failed once) are left alone: give those a name that starts with `found-`.
"""

import base64
import hashlib
import pathlib
import zlib

HERE = pathlib.Path(__file__).parent


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


# -- framings: limit (index into frame_limits of framing_body.hpp), cuts, stream --------------------

LIMIT_2, LIMIT_127, LIMIT_300, LIMIT_64K, LIMIT_4G = 2, 3, 5, 7, 8


def framed(limit, stream, cuts=0x1234):
    return bytes([limit]) + cuts.to_bytes(2, "big") + stream


def line(payload):
    return payload + b"\n"


def delimited(payload):
    return varint(len(payload)) + payload


def length32(payload):
    return len(payload).to_bytes(4, "big") + payload


def framings_common(encode):
    return {
        "nothing": framed(LIMIT_300, b""),
        "empty-frame": framed(LIMIT_300, encode(b"")),
        "three-frames": framed(LIMIT_64K, encode(b"a") + encode(b"") + encode(b"bcd" * 50)),
        "cut-inside": framed(LIMIT_300, (encode(b"ab") + encode(b"x" * 200))[:-1]),
        "at-the-limit": framed(LIMIT_127, encode(b"x" * 127)),
        "over-the-limit": framed(LIMIT_127, encode(b"ok") + encode(b"x" * 128)),
        "no-limit": framed(LIMIT_4G, encode(b"x" * 129)),
    }


def lines():
    return framings_common(line) | {
        "crlf": framed(LIMIT_300, b"a\r\nb\n\r\n\r\r\n"),
        "crlf-at-the-limit": framed(LIMIT_2, b"ab\r\ncd\r\n"),
        "cr-over-the-limit": framed(LIMIT_2, b"ab\r\r\n"),
        "no-newline": framed(LIMIT_2, b"abcdefgh"),
        "zero-bytes": framed(LIMIT_300, b"\0\0\n\0\xff\n"),
    }


def delimiteds():
    return framings_common(delimited) | {
        "longer-than-necessary": framed(LIMIT_300, b"\x82\x80\x80\x80\x00ab"),
        "2-to-31": framed(LIMIT_64K, varint(1 << 31)),
        "2-to-32": framed(LIMIT_4G, varint(1 << 32)),
        "2-to-63": framed(LIMIT_64K, varint(1 << 63)),
        "sixth-byte": framed(LIMIT_64K, b"\x80\x80\x80\x80\x80\x00"),
        "claims-4-gib": framed(LIMIT_4G, varint((1 << 32) - 1) + b"abc"),
    }


def length32s():
    return framings_common(length32) | {
        "2-to-31": framed(LIMIT_64K, b"\x80\0\0\0"),
        "all-ones": framed(LIMIT_64K, b"\xff\xff\xff\xff"),
        "claims-4-gib": framed(LIMIT_4G, b"\xff\xff\xff\xffabc"),
    }


def raws():
    return {
        "nothing": framed(LIMIT_300, b""),
        "bytes": framed(LIMIT_300, bytes(range(256))),
        "over-the-limit": framed(LIMIT_127, b"x" * 400),
    }


# -- codec: message (index into checks of codec_fuzz.cpp), limit, bytes -------------------------

ECHO, STRUCT, DESCRIPTOR, LISTS = range(4)
MESSAGE_16, MESSAGE_64K = 1, 3


def message(kind, payload, limit=MESSAGE_64K):
    return bytes([kind, limit]) + payload


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def nested_list(depth):
    """google.protobuf.ListValue: each list inside another is two messages."""
    inner = b""
    for _ in range(depth):
        inner = field(1, field(6, inner))
    return inner


def nested_type(depth):
    """google.protobuf.DescriptorProto inside one another."""
    inner = b""
    for _ in range(depth):
        inner = field(3, inner)
    return inner


def struct_entry(key, value):
    return field(1, field(1, key) + field(2, value))


def codecs():
    number = b"\x11" + b"\0\0\0\0\0\0\xf8\x3f"
    not_a_number = b"\x11" + b"\0\0\0\0\0\0\xf8\x7f"
    struct = struct_entry(b"a", number) + struct_entry("ä".encode(), field(3, b"text"))
    return {
        "nothing": message(ECHO, b""),
        "echo": message(ECHO, field(1, b"hello")),
        "echo-twice": message(ECHO, field(1, b"hello") + field(1, b"again")),
        "unknown-fields": message(ECHO, b"\x10\x01" * 40 + field(1, b"x")),
        "unknown-groups": message(ECHO, b"\x13" * 100 + b"\x14" * 100),
        "unknown-groups-101": message(ECHO, b"\x13" * 101 + b"\x14" * 101),
        "cut": message(ECHO, field(1, b"hello")[:-1]),
        "claims-2-gib": message(ECHO, b"\x0a\xff\xff\xff\xff\x07abc"),
        "over-the-limit": message(ECHO, field(1, b"x" * 15), MESSAGE_16),
        "struct": message(STRUCT, struct),
        "struct-same-key": message(STRUCT, struct_entry(b"a", number) * 2),
        "struct-nan": message(STRUCT, struct_entry(b"n", not_a_number)),
        "struct-in-struct": message(STRUCT, struct_entry(b"s", field(5, struct))),
        "not-utf-8": message(STRUCT, struct_entry(b"\xff", number)),
        "lists-nested-100": message(LISTS, nested_list(50)),
        "lists-nested-102": message(LISTS, nested_list(51)),
        "descriptor-nested": message(DESCRIPTOR, field(4, nested_type(99))),
        "descriptor-too-nested": message(DESCRIPTOR, field(4, nested_type(100))),
        "descriptor-many-empty": message(DESCRIPTOR, field(4, b"") * 100),
        "descriptor-packed": message(DESCRIPTOR, field(10, b"\0" * 100)),
        "text-claims-39-mb": message(
            DESCRIPTOR, b"\x4a\xa4\xb0\xcc\x12\x0a\xa4\xb0\xcc\x12\x1a\xc0\xaf\xcc\x12" + b"x" * 20
        ),
        "required-missing": message(DESCRIPTOR, field(8, field(999, field(2, b"")))),
    }


# -- endpoints: text --------------------------------------------------------------------------------


def endpoints():
    texts = {
        "ipv4": "tcp://127.0.0.1:7411",
        "name": "tcp://db_1.example.org.:0",
        "ipv6": "tcp://[2001:db8::1]:65535",
        "zone": "tcp://[fe80::1%25eth0]:1",
        "unix": "unix:///run/a%20b.sock",
        "abstract": "unix://@name",
        "bare-ipv4": "192.0.2.1",
        "bare-ipv6": "1:2:3:4:5:6:7::",
        "bare-ipv4-in-ipv6": "::ffff:192.0.2.1",
        "bare-ipv6-full": "0:1:2:3:4:5:6:7",
        "bad-port": "tcp://h:65536",
        "bad-escape": "unix:///a%0",
    }
    return {name: text.encode() for name, text in texts.items()}


# -- WebSocket frames: side and kind, limit, cuts, stream -------------------------------------------


def websockets():
    def masked(head, payload):
        return bytes([head, 0x80 | len(payload)]) + bytes(4) + payload

    server, client, text_server = b"\x00\x05\x00", b"\x01\x05\x03", b"\x02\x05\x01"
    return {
        "binary": server + masked(0x82, b"\x08\x96\x01"),
        "text": text_server + masked(0x81, "h\u00e9llo \U0001f600".encode()),
        "fragments": text_server
        + masked(0x01, b"\xe2\x82")
        + masked(0x89, b"p")
        + masked(0x80, b"\xac"),
        "from-server": client + b"\x82\x03abc\x89\x00\x88\x02\x03\xe8",
        "real-mask": server + b"\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
        "length16": server + b"\x82\xfe\x00\x80" + bytes(4) + b"x" * 128,
        "length64": server + b"\x82\xff" + bytes(5) + b"\x01\x00\x01" + bytes(20),
        "close": server + masked(0x88, b"\x03\xe9bye"),
        "close-empty": server + masked(0x88, b""),
        "close-bad": server + masked(0x88, b"\x03\xed"),
        "bad-text": text_server + masked(0x81, b"a\xff"),
        "unmasked": server + b"\x82\x01x",
        "reserved": server + masked(0xF2, b"x"),
    }


# -- tokens: kind, then a token, or header, 0 and payload, or payload ---------------------------------


def jwts():
    token, parts, payload = b"\0", b"\1", b"\2"
    header = b'{"alg":"HS256","typ":"JWT","kid":"2026"}'
    claims = b'{"sub":"alice","aud":"chat","exp":4102444800}'
    return {
        "nothing": b"",
        "rfc-7515": token + b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjE"
        b"zMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p"
        b"1r_wW1gFWFOEjXk",
        "unsigned": token + b"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
        "dots": token + b"..",
        "good": payload + claims,
        "good-parts": parts + header + b"\0" + claims,
        "all-claims": payload + b'{"sub":"\\u00e9\\n","iss":"x","aud":["chat","y"],"exp":4.1e9,"nbf":1,'
        b'"iat":1.5,"rooms":["general","team/*"],"x":{"y":[null,true,-0.0]}}',
        "nobody-s": payload + b'{"sub":"a"}',
        "twice": payload + b'{"sub":"a","s\\u0075b":"b"}',
        "deep": payload + b'{"sub":"a","x":' + b"[" * 40 + b"]" * 40 + b"}",
        "crit": parts + b'{"alg":"HS256","crit":["exp"]}\0' + claims,
        "none": parts + b'{"alg":"none"}\0' + claims,
        "not-utf-8": payload + b'{"sub":"\xff"}',
        "far-future": payload + b'{"sub":"a","exp":253402300799}',
        "too-far": payload + b'{"sub":"a","exp":253402300800}',
    }


WEB_KEY = base64.b64encode((0x12345678).to_bytes(8, "little") * 2)
DEFLATED_HELLO = b"\xf2\x48\xcd\xc9\xc9\x07\x00"


def web_handshakes():
    def upgrade(*fields):
        lines = [
            b"GET / HTTP/1.1",
            b"Host: x",
            b"Upgrade: websocket",
            b"Connection: Upgrade",
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            b"Sec-WebSocket-Version: 13",
            *fields,
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    plain, deflates = b"\x00\x05", b"\x01\x05"
    offer = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
    return {
        "request": plain + b"GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n",
        "body": plain + b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET / HTTP/1.0\r\n\r\n",
        "upgrade": plain + upgrade() + b"\x82\x81\0\0\0\0x",
        "text": plain + upgrade(b"Sec-WebSocket-Protocol: v1, v0") + b"\x81\x81\0\0\0\0x",
        "foreign": plain + upgrade(b"Origin: https://evil"),
        "deflate": deflates + upgrade(offer) + b"\xc2\x87\0\0\0\0" + DEFLATED_HELLO,
        "bad-offers": deflates + upgrade(offer + b'=99, a; b="c,\\"d", permessage-deflate'),
        "tls": plain + b"\x16\x03\x01\x02\x00\x01",
    }


def web_answers():
    accept = hashlib.sha1(WEB_KEY + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()

    def answer(*fields):
        lines = [
            b"HTTP/1.1 101 Switching Protocols",
            b"Upgrade: websocket",
            b"Connection: keep-alive, Upgrade",
            b"Sec-WebSocket-Accept: " + base64.b64encode(accept),
            *fields,
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    plain, protocols, deflates = b"\x00\x05", b"\x01\x05", b"\x02\x05"
    agreed = b"; server_no_context_takeover; server_max_window_bits=12"
    extension = b"Sec-WebSocket-Extensions: permessage-deflate"
    return {
        "good": plain + answer() + b"\x82\x01x",
        "protocol": protocols + answer(b"Sec-WebSocket-Protocol: v1") + b"\x81\x01x",
        "deflate": deflates + answer(extension + agreed) + b"\xc2\x07" + DEFLATED_HELLO,
        "deflate-bad": deflates + answer(extension) + b"\x82\x01x",
        "not-found": plain + b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
        "other": plain + b"SSH-2.0-x\r\n",
    }


def deflated():
    return {
        "hello": b"\x03\x05" + DEFLATED_HELLO,
        "stored": b"\x03\x05\x00\x05\x00\xfa\xffHello\x00",
        "final": b"\x83\x05\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
        "context": b"\x83\x05\xf2\x00\x11\x00\x00",
        "bomb": b"\x06\x05" + zlib.compress(bytes(100000), wbits=-15),
        "bad": b"\x03\x05\xff\xff",
    }


CORPORA = {
    "framing_raw": raws(),
    "framing_line": lines(),
    "framing_delimited": delimiteds(),
    "framing_length32": length32s(),
    "codec": codecs(),
    "endpoint": endpoints(),
    "websocket": websockets(),
    "jwt": jwts(),
    "web_handshake": web_handshakes(),
    "websocket_client": web_answers(),
    "deflate": deflated(),
}

for target, inputs in CORPORA.items():
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if not old.name.startswith("found-"):
            old.unlink()
    for name, content in inputs.items():
        (folder / name).write_bytes(content)

"""Independent TLS clients (Python's ssl) at an echo server of length-delimited messages, for
tls_test.cpp: `tls_client.py PORT ROOT CLIENT_CERTIFICATE CLIENT_KEY WHAT`. Ends with 0 when all is
as it should be."""

import asyncio
import socket
import ssl
import sys

import websockets

PORT = int(sys.argv[1])
ROOT, CERTIFICATE, KEY, WHAT = sys.argv[2:]


def context(version=None):
    made = ssl.create_default_context(cafile=ROOT)
    if version:
        made.minimum_version = made.maximum_version = version
    return made


def connect(by):
    plain = socket.create_connection(("127.0.0.1", PORT), timeout=60)
    return by.wrap_socket(plain, server_hostname="localhost")


def receive(peer, size):
    received = b""
    while len(received) < size:
        more = peer.recv(size - len(received))
        assert more, "the stream ended"
        received += more
    return received


def echo(by):
    with connect(by) as peer:
        message = b"\x80\x80\x02" + bytes(i % 251 for i in range(32768))
        peer.sendall(message + b"\x02hi")
        assert receive(peer, len(message) + 3) == message + b"\x02hi"
        peer.unwrap()  # their close_notify answers ours
        return peer.version()


def refused(action):
    try:
        action()
    except (ssl.SSLError, ConnectionError):
        return
    raise AssertionError("was not refused")


def versions():
    assert echo(context(ssl.TLSVersion.TLSv1_2)) in ("TLSv1.2", None)
    assert echo(context(ssl.TLSVersion.TLSv1_3)) in ("TLSv1.3", None)
    old = context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    refused(lambda: connect(old))


def plaintext():
    with socket.create_connection(("127.0.0.1", PORT), timeout=60) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while more := peer.recv(1000):
            answer += more
    assert answer[:1] in (b"", b"\x15"), answer  # a clean end, perhaps after an alert


def client_certificate():
    def without():
        with connect(context()) as peer:  # with TLS 1.3 the refusal comes with the first read
            peer.sendall(b"\x01x")
            receive(peer, 2)

    refused(without)
    known = context()
    known.load_cert_chain(CERTIFICATE, KEY)
    echo(known)


async def websocket():
    uri = f"wss://localhost:{PORT}/ws"
    by_address = {"host": "127.0.0.1", "server_hostname": "localhost"}
    async with websockets.connect(uri, ssl=context(), **by_address) as peer:
        await peer.send(bytes(50000))
        assert await peer.recv() == bytes(50000)


if WHAT == "websocket":
    asyncio.run(websocket())
else:
    {"versions": versions, "plaintext": plaintext, "client_certificate": client_certificate}[WHAT]()

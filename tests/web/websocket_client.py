"""An independent WebSocket client (Debian's python3-websockets) at an echo server, for
server_test.cpp: `websocket_client.py PORT [deflate]`, `deflate` if the server has it. Ends with 0 when
all is as it should be."""

import asyncio
import random
import sys
import urllib.request

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

PORT = int(sys.argv[1])
DEFLATE = "deflate" in sys.argv[2:]
URI = f"ws://127.0.0.1:{PORT}/ws"

# What clients may offer (RFC 7692, section 7.1).
OFFERS = ({},
          {"server_no_context_takeover": True, "client_no_context_takeover": True},
          {"server_max_window_bits": 9, "client_max_window_bits": 10},
          {"server_max_window_bits": 15, "client_max_window_bits": True})


async def echoes(**offer):
    extensions = [ClientPerMessageDeflateFactory(**offer)]
    async with websockets.connect(URI, subprotocols=["echo"], max_size=None, compression=None,
                                  extensions=extensions) as peer:
        assert peer.subprotocol == "echo"
        assert bool(peer.extensions) == DEFLATE, peer.extensions
        for size in (0, 1, 125, 126, 65535, 65536, 70000):
            for message in (bytes(i % 251 for i in range(size)), random.Random(1).randbytes(size)):
                await peer.send(message)
                assert await peer.recv() == message, size
        await peer.send([b"frag", b"", b"ments"])
        assert await peer.recv() == b"fragments"
        for number in range(1000):
            await peer.send(b"%d" % number)
        for number in range(1000):
            assert await peer.recv() == b"%d" % number
        await asyncio.wait_for(await peer.ping(b"are you there"), 30)
    assert peer.close_code == 1000, peer.close_code


async def refused(message, code):
    async with websockets.connect(URI) as peer:
        await peer.send(message)
        try:
            await peer.recv()
        except websockets.ConnectionClosed as closed:
            assert closed.rcvd and closed.rcvd.code == code, closed
        else:
            raise AssertionError("was not refused")


async def from_elsewhere():
    try:
        await websockets.connect(URI, origin="https://evil.example.com")
    except websockets.InvalidStatusCode as refusal:
        assert refusal.status_code == 403, refusal
    else:
        raise AssertionError("a page of others may connect")


def page():
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/") as answer:
        assert answer.read() == b"a page"


async def main():
    for offer in OFFERS if DEFLATE else OFFERS[:1]:
        await echoes(**offer)
    await refused("text", 1003)
    await refused(bytes(100_001), 1009)
    await from_elsewhere()
    page()


asyncio.run(main())

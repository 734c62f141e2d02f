"""An independent WebSocket client (Debian's python3-websockets) at an echo server, for
server_test.cpp: `websocket_client.py PORT`. Ends with 0 when all is as it should be."""

import asyncio
import sys
import urllib.request

import websockets

PORT = int(sys.argv[1])
URI = f"ws://127.0.0.1:{PORT}/ws"


async def echoes():
    async with websockets.connect(URI, subprotocols=["echo"], max_size=None) as peer:
        assert peer.subprotocol == "echo"
        for size in (0, 1, 125, 126, 65535, 65536, 70000):
            message = bytes(i % 251 for i in range(size))
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
    await echoes()
    await refused("text", 1003)
    await refused(bytes(100_001), 1009)
    await from_elsewhere()
    page()


asyncio.run(main())

"""An independent WebSocket server (Debian's python3-websockets), for client_test.cpp:
`websocket_server.py HOW [CERTIFICATE KEY]`, HOW some of deflate, text, refuse. Prints its port, echoes
on one connection, pings it, and ends with 0 when all was as it should be."""

import asyncio
import http
import ssl
import sys

import websockets

HOW = sys.argv[1].split(",")
FILES = sys.argv[2:]
REFUSED = asyncio.Event()


async def echo(peer, done):
    try:
        assert peer.path == "/chat?room=1", peer.path
        assert peer.request_headers["Origin"] == "https://example.com"
        assert peer.request_headers["Authorization"] == "Bearer x"
        assert peer.subprotocol == ("v1" if "text" in HOW else None), peer.subprotocol
        assert bool(peer.extensions) == ("deflate" in HOW), peer.extensions
        await asyncio.wait_for(await peer.ping(b"there?"), 60)
        async for message in peer:
            assert isinstance(message, str) == ("text" in HOW)
            half = len(message) // 2
            await peer.send([message[:half], message[half:]] if message else message)
        assert peer.close_code == 1000, peer.close_code
        done.set_result(0)
    except BaseException as failure:
        done.set_exception(failure)
        raise


async def refuse(*_):
    REFUSED.set()
    return http.HTTPStatus.FORBIDDEN, [], b"no\n"


async def main():
    done = asyncio.get_running_loop().create_future()
    context = None
    if FILES:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*FILES)
    async with websockets.serve(
        lambda peer: echo(peer, done),
        "127.0.0.1",
        0,
        ssl=context,
        compression="deflate" if "deflate" in HOW else None,
        subprotocols=["v1"] if "text" in HOW else None,
        process_request=refuse if "refuse" in HOW else None,
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        if "refuse" not in HOW:
            await asyncio.wait_for(done, 100)
        else:
            await asyncio.wait_for(REFUSED.wait(), 100)


asyncio.run(main())

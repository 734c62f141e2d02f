"""What the clients of the server programs say and hear: `dialog(server)` for each program."""

import socket
import struct


def echo_server(server):
    with server.connect() as one, server.connect() as other:
        for line in (b"hello\n", b"again\n"):
            one.sendall(line)
            server.heard(one)
        other.sendall(b"other\n")
        server.heard(other)
        one.shutdown(socket.SHUT_WR)
        server.heard_end(one)


def read_deadline(server):
    with server.connect() as slow:
        server.heard(slow)  # what the deadline has it say
        slow.sendall(b"yes\n")
        server.heard(slow)
        slow.shutdown(socket.SHUT_WR)
        server.heard_end(slow)


def traced_listener(server):
    with server.connect() as ending:
        server.told()
        ending.sendall(b"hello\n")
        server.heard(ending)
    server.told()
    with server.connect() as resetting:
        server.told()
        resetting.sendall(b"hello\n")
        server.heard(resetting)
        resetting.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.told()


def graceful_shutdown(server):
    with server.connect() as idle, server.connect() as busy:
        idle.sendall(b"first\n")
        server.heard(idle, lines=2)
        busy.sendall(b"second\n")
        server.heard(busy)
        server.terminate()
        server.heard(busy)  # in the middle of an answer: it is finished
        server.heard_end(busy)
        server.heard_end(idle)


def news_server(server):
    with server.connect() as subscriber:
        server.heard(subscriber)
        subscriber.sendall(b"hello\n")
        server.heard(subscriber)
        server.heard_end(subscriber)  # it was silent for too long


def connection_pool(server):
    for _ in range(6):
        server.told()

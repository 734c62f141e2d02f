#!/usr/bin/env python3
"""Runs a program of both languages and compares what they print.

usage: compare.py GO_TWINS TWINS NAME          the program of that name
       compare.py GO_TWINS TWINS --list NAME…  both have these programs, in this order
"""

import difflib
import os
import re
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dialogs

patience_s = 60
LISTENING = re.compile(r"listening tcp://127\.0\.0\.1:(\d+)\n")


def run(binary, name):
    """Everything that is printed, and the exit code, as lines."""
    done = subprocess.run([binary, name], capture_output=True, text=True, timeout=patience_s)
    sys.stderr.write(done.stderr)
    return [*done.stdout.splitlines(), f"exit code {done.returncode}"]


class Server:
    """A server program, and the transcript of what is said to it and what it says."""

    def __init__(self, binary, name):
        self.process = subprocess.Popen([binary, name], stdout=subprocess.PIPE, text=True)
        self.transcript = []
        self.unread = {}
        self.terminated = False
        self.early = []  # printed by a task before the program says that it listens
        while not (found := LISTENING.fullmatch(line := self.process.stdout.readline())):
            if not line:
                raise SystemExit(f"{binary} does not say where it listens")
            self.early.append(line)
        self.port = int(found.group(1))

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=patience_s)

    def heard(self, client, lines=1):
        """Puts the next lines that @p client gets into the transcript."""
        text = self.unread.pop(client, b"")
        while text.count(b"\n") < lines:
            more = client.recv(4096)
            if not more:
                break
            text += more
        parts = text.split(b"\n", lines)
        self.unread[client] = parts.pop()
        self.transcript += [f"client heard {part.decode()}" for part in parts]

    def heard_end(self, client):
        rest = self.unread.pop(client, b"")
        while more := client.recv(4096):
            rest += more
        self.transcript.append(f"client heard {rest.decode()!r} and the end")

    def told(self):
        """Puts the next line that the server prints into the transcript."""
        line = self.early.pop(0) if self.early else self.process.stdout.readline()
        self.transcript.append(line.rstrip("\n"))

    def terminate(self):
        self.terminated = True
        self.process.send_signal(signal.SIGTERM)

    def end(self):
        if not self.terminated:  # a second signal would end it at once
            self.terminate()
        rest, _ = self.process.communicate(timeout=patience_s)
        self.transcript += [*rest.splitlines(), f"exit code {self.process.returncode}"]
        return self.transcript


def serve(binary, name, dialog):
    server = Server(binary, name)
    try:
        dialog(server)
        return server.end()
    finally:
        server.process.kill()
        server.process.wait()


def transcript_of(binary, name):
    dialog = getattr(dialogs, name, None)
    return serve(binary, name, dialog) if dialog else run(binary, name)


def compare(theirs, ours):
    if theirs == ours:
        print("\n".join(ours))
        return 0
    print("\n".join(difflib.unified_diff(theirs, ours, "Go", "actornet", lineterm="")))
    return 1


def main():
    go_twins, twins, name, *names = sys.argv[1:]
    if name != "--list":
        return compare(transcript_of(go_twins, name), transcript_of(twins, name))
    wanted = [*names, "exit code 0"]
    return compare(wanted, run(go_twins, name)) | compare(wanted, run(twins, name))


if __name__ == "__main__":
    sys.exit(main())

"""Runs the echo servers under the load generator and prints a line for each run. See scripts/run echo."""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bench"))
from harness.processes import RunFailed, Server, exit_on_signals, last_line, spawn, stop

SPARE_DESCRIPTORS = 64
CONNECTING_S = 60

COLUMNS = [("server", 9), ("connections", 12), ("messages/s", 11), ("p50", 11), ("p99", 11),
           ("CPU µs/message", 16), ("memory/connection", 18)]

NEXT = """
One server thread on one core, the load generator on another; 64 B messages, one in flight per
connection; every byte that comes back is checked. What to try next:
  build/release/bin/actornet-echo --listen tcp://127.0.0.1:7411 --style typed
                             each message decoded, through an actor, encoded; --help tells the rest
  build/release/bin/actornet-load --connect tcp://127.0.0.1:7411 --connections 100 --depth 16
  scripts/test               all tests
  scripts/bench              beside raw epoll, Asio, CAF's broker and Go, with the noise floor
"""


def line_of(cells):
    first, *rest = [cell.ljust(width) if column == 0 else cell.rjust(width)
                    for column, (cell, (_, width)) in enumerate(zip(cells, COLUMNS))]
    return first + "".join(rest)


def time_text(microseconds):
    return f"{microseconds / 1000:.2f} ms" if microseconds >= 1000 else f"{microseconds:.0f} µs"


def memory_text(data):
    grown = data["server_rss_bytes"] - data["server_rss_bytes_idle"]
    return f"{max(grown, 0) / data['connections']:,.0f} B"


def cells(name, data):
    return [name, f"{data['connections']:,}", f"{data['messages_per_second']:,.0f}",
            time_text(data["p50_us"]), time_text(data["p99_us"]),
            f"{data['server_cpu_us_per_message']:.2f}", memory_text(data)]


def measure(command, connections, options, cores):
    """The load generator's figures of a fresh server."""
    with Server(command, cores[0]) as server, tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "load.json")
        load = spawn(
            [os.path.join(options.bin, "actornet-load"), "--connect", f"tcp://{server.address}",
             "--connections", connections, "--framing", "delimited",
             "--duration", f"{options.duration}s", "--server-pid", server.pid, "--json", report],
            [cores[-1]], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        try:
            _, errors = load.communicate(timeout=options.duration + CONNECTING_S)
        except subprocess.TimeoutExpired:
            raise RunFailed("the load generator did not end") from None
        finally:
            stop(load)
        server.check_alive()
        if load.returncode != 0 or not os.path.exists(report):
            raise RunFailed(f"actornet-load ended with {load.returncode}: {last_line(errors)}")
        with open(report, encoding="utf-8") as file:
            return json.load(file)


def servers(folder):
    echo = [os.path.join(folder, "actornet-echo"), "--listen", "tcp://127.0.0.1:0",
            "--framing", "delimited", "--style", "session", "--loops", "1"]
    yield "actornet", echo
    if shutil.which("go") and os.path.exists(os.path.join(folder, "peer-go")):
        yield "Go net", [os.path.join(folder, "peer-go")]


def run(options):
    """Prints the table; the number of runs that failed or had errors."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    competitors = list(servers(options.bin))
    if len(competitors) == 1:
        print("Go is not installed (Debian: golang-go), so there is nothing beside our figures.\n")
    print(line_of([title for title, _ in COLUMNS]), flush=True)
    failures = 0
    for connections in options.connections:
        if connections + SPARE_DESCRIPTORS > descriptors:
            print(f"{connections:,} connections do not fit: a process may open {descriptors:,} files")
            continue
        for name, command in competitors:
            try:
                data = measure(command, connections, options, cores)
                print(line_of(cells(name, data)), flush=True)
                if data["errors"]:
                    raise RunFailed(f"{data['errors']:,} errors")
            except RunFailed as failure:
                failures += 1
                print(f"{name}, {connections:,} connections: {failure}", flush=True)
    print(NEXT, end="")
    return failures


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/run echo")
    parser.add_argument("bin", help=argparse.SUPPRESS)
    parser.add_argument("--connections", default="1000,5000,10000",
                        type=lambda text: [int(number) for number in text.split(",")])
    parser.add_argument("--duration", default="5s", type=lambda text: int(text.rstrip("s")))
    return parser.parse_args()


if __name__ == "__main__":
    exit_on_signals()
    sys.exit(1 if run(arguments()) else 0)

"""Members of a room that stop reading, on real sockets: do they cost the others anything?

Runs actornet-chat-server and actornet-load without and with stalled members, in turns, and prints
what was configured beside what was seen:

    python3 bench/slow_members.py                     1,000 of 10,000: about 4 minutes
    python3 bench/slow_members.py --members 200 --stalled 20 --seconds 20

The exit code is 0 if each stalled member was closed as a slow consumer, nothing was lost by the
others, their p99 is at most twice what it is without the stalled ones, and memory, the server's and
the system's for sockets, was within the sum of what is configured."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path
from statistics import median

from harness.processes import RunFailed, Server, exit_on_signals, last_line, spawn, stop

KIB = 1024
JOIN_S_MAX = 180
SAMPLE_S = 0.25
PAGE = os.sysconf("SC_PAGE_SIZE")

# Of chat_run: what a stalled member's socket asks for.
STALLED_RECEIVE_BUFFER = 4 * KIB
# What the server may keep for a member besides its unsent output: session, seat, stream and the
# output block that it is given when it is sent something.
MEMBER_BYTES = 8 * KIB
HISTORY_BYTES = 4 * KIB * KIB  # of a room: rooms::retention
# A message that is in a socket occupies its page and the kernel's own header.
SOCKET_MESSAGE_BYTES = 2 * PAGE


def main():
    exit_on_signals()
    chosen = arguments()
    figures = {False: [], True: []}
    for turn in range(chosen.rounds):
        for stalls in (False, True) if turn % 2 == 0 else (True, False):
            figures[stalls].append(measure(chosen, stalls))
            print(text_of(chosen, stalls, figures[stalls][-1]), flush=True)
    complaints = judge(chosen, figures[False], figures[True])
    for line in complaints:
        print(f"not as it should be: {line}")
    return 1 if complaints else 0


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    programs = Path(__file__).resolve().parent.parent / "build" / "release" / "bin"
    parser.add_argument("--programs", type=Path, default=programs)
    parser.add_argument("--listen", default="tcp://127.0.0.1:0")
    for name, value in (("--members", 10_000), ("--stalled", 1_000), ("--size", 1024),
                        ("--seconds", 30), ("--rounds", 2), ("--send-buffer", 16 * KIB),
                        ("--unsent-max", 64 * KIB)):
        parser.add_argument(name, type=int, default=value, metavar="N", help=f"default {value}")
    parser.add_argument("--rate", type=float, default=4, help="messages/s, default 4")
    return parser.parse_args()


# -- a run -----------------------------------------------------------------------------------------


def measure(chosen, stalls):
    command = [chosen.programs / "actornet-chat-server", "--listen", chosen.listen]
    command += ["--loops", "1", "--auth", "none", "--admin", "tcp://127.0.0.1:0"]
    command += ["--send-buffer", chosen.send_buffer, "--unsent-max", chosen.unsent_max]
    for limit in ("connection", "user", "address"):
        command += [f"--rate-{limit}", "0"]
    with Server(command, 0) as server, Samples(server.pid) as samples:
        try:
            result = load(chosen, stalls, server.uri)
        except RunFailed as failure:
            raise RunFailed(f"{failure}; the server says: {server.error_text()}") from None
        server.check_alive()
        metrics = metrics_of(server)
    result["slow_closed"] = metrics["chat_slow_closed_total"]
    result["resident_before"], result["resident"] = samples.resident
    result["sockets_before"], result["sockets"] = samples.sockets
    return result


def load(chosen, stalls, uri):
    reading = chosen.members - chosen.stalled
    command = [chosen.programs / "actornet-load", "--chat", "--connect", uri.replace("http:", "ws:")]
    if uri.startswith(("ws:", "http:")):
        command[-1] += "ws" if uri.endswith("/") else "/ws"
    command += ["--members", chosen.members if stalls else reading]
    command += ["--stalled", chosen.stalled if stalls else 0]
    command += ["--size", chosen.size, "--publish-rate", chosen.rate]
    command += ["--warm-up", "1s", "--duration", f"{chosen.seconds}s"]
    with tempfile.NamedTemporaryFile() as figures:
        program = spawn(command + ["--json", figures.name], [os.cpu_count() - 1],
                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                        stderr=subprocess.PIPE, text=True)
        try:
            _, errors = program.communicate(timeout=JOIN_S_MAX + chosen.seconds)
        except subprocess.TimeoutExpired:
            raise RunFailed("actornet-load did not end") from None
        finally:
            stop(program, grace_s=0)
        if program.returncode != 0:
            raise RunFailed(f"actornet-load: {program.returncode}, {last_line(errors)}")
        return json.load(figures)


def metrics_of(server):
    where = re.search(r"admin pages at (\S+)", server.errors_so_far())
    if not where:
        raise RunFailed("the server does not say where its admin pages are")
    with urllib.request.urlopen(f"{where[1].rstrip('/')}/metrics") as page:
        lines = page.read().decode().splitlines()
    return {name: float(value) for name, value in
            (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


class Samples:
    """Memory, looked at again and again: the first and the highest figures, in bytes."""

    def __init__(self, pid):
        self._pid = pid
        self._over = threading.Event()
        self._looks = threading.Thread(target=self._look)

    def __enter__(self):
        self.resident = (resident_bytes(self._pid),) * 2
        self.sockets = (socket_bytes(),) * 2
        self._looks.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._looks.join()

    def _look(self):
        while not self._over.wait(SAMPLE_S):
            self.resident = highest(self.resident, resident_bytes(self._pid))
            self.sockets = highest(self.sockets, socket_bytes())


def highest(so_far, now):
    return so_far[0], max(so_far[1], now)


def resident_bytes(pid):
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):  # it has ended
        return 0


def socket_bytes():
    return int(re.search(r"^TCP:.* mem (\d+)", Path("/proc/net/sockstat").read_text(), re.M)[1]) * PAGE


# -- what it should be -----------------------------------------------------------------------------


def resident_sum(chosen, before):
    return [("before anybody came", before),
            (f"{chosen.members:,} members x {MEMBER_BYTES:,}", chosen.members * MEMBER_BYTES),
            (f"{chosen.stalled:,} stalled x ({chosen.unsent_max:,} unsent + a message)",
             chosen.stalled * (chosen.unsent_max + chosen.size)),
            ("the room's history", HISTORY_BYTES)]


# The kernel doubles what it is asked for, for its own headers (socket(7)).
def sockets_sum(chosen, before):
    reading = chosen.members - chosen.stalled
    buffers = 2 * (chosen.send_buffer + STALLED_RECEIVE_BUFFER)
    return [("before", before),
            (f"{chosen.stalled:,} stalled x 2 x ({chosen.send_buffer:,} + "
             f"{STALLED_RECEIVE_BUFFER:,})", chosen.stalled * buffers),
            (f"{reading:,} reading x 2 sockets x a message of {SOCKET_MESSAGE_BYTES:,}",
             reading * 2 * SOCKET_MESSAGE_BYTES)]


def judge(chosen, without, with_stalled):
    complaints = []
    for run in with_stalled:
        if run["slow_closed"] != chosen.stalled:
            complaints.append(f"{run['slow_closed']:.0f} closed as slow of {chosen.stalled}")
        for name, parts in (("resident", resident_sum(chosen, run["resident_before"])),
                            ("sockets", sockets_sum(chosen, run["sockets_before"]))):
            configured = sum(amount for _, amount in parts)
            print(f"{name}: {mib(run[name])} at most; configured {mib(configured)} = "
                  + " + ".join(f"{mib(amount)} ({what})" for what, amount in parts))
            if run[name] > configured:
                complaints.append(f"{name}: {mib(run[name])}")
    p99 = [median(run["p99_us"] for run in runs) for runs in (without, with_stalled)]
    print(f"p99 of those who read: {p99[1] / 1000:.1f} ms with the stalled, "
          f"{p99[0] / 1000:.1f} ms without: {p99[1] / p99[0]:.2f} x (at most 2 x)")
    if p99[1] > 2 * p99[0]:
        complaints.append("p99")
    return complaints


def text_of(chosen, stalls, run):
    who = f"{chosen.stalled:,} of {chosen.members:,} stalled" if stalls else \
        f"{chosen.members - chosen.stalled:,} members, none stalled"
    return (f"{who}: {run['deliveries']:,} deliveries, {run['lost']} lost, "
            f"{run['slow_closed']:.0f} closed as slow; p50 {run['p50_us'] / 1000:.1f} ms, "
            f"p99 {run['p99_us'] / 1000:.1f} ms; resident {mib(run['resident'])}, "
            f"sockets {mib(run['sockets'])}")


def mib(amount):
    return f"{amount / KIB / KIB:.1f} MiB"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RunFailed as failure:
        sys.exit(f"slow_members: {failure}")

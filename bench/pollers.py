#!/usr/bin/env python3
"""actornet-echo on Asio's select poller beside the same on the platform's best one (on Linux our
edge-triggered epoll set): the table of docs/pollers.md.

Both must be built alike, without assertions:

    cmake --preset release && cmake --build build/release --target actornet-echo bench-generator
    cmake --preset release -B build/release-select -DACTORNET_POLLER_SELECT=ON
    cmake --build build/release-select --target actornet-echo
    bench/pollers.py

Server and generator have a core each; native and select take turns in ABBA order, and native runs a
second time: against itself it gives the noise floor. select knows descriptors below 1,024 only, so
there are no settings beyond 800 connections.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from harness.processes import RunFailed, Server, exit_on_signals, last_line, spawn, stop

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    title: str
    connections: int
    active: int  # the others are silent


SETTINGS = [
    Setting("100 connections, all active", 100, 100),
    Setting("800 connections, all active", 800, 800),
    Setting("100 connections, 10 of them active", 100, 10),
    Setting("800 connections, 10 of them active", 800, 10),
]
NATIVE, SELECT, AGAIN = "native", "select", "native again"


class Runs:
    def __init__(self, arguments):
        self.arguments = arguments
        cores = sorted(os.sched_getaffinity(0))
        self.server_core, self.generator_core = cores[-1], cores[0]

    def program(self, server):
        folder = self.arguments.select if server == SELECT else self.arguments.native
        return folder / "actornet-echo"

    def once(self, server, setting):
        command = [self.program(server), "--listen", "tcp://127.0.0.1:0", "--framing", "delimited"]
        command += ["--loops", "1"]
        with Server(command, self.server_core) as running:
            return self.generate(running, setting)

    def generate(self, server, setting):
        command = [self.arguments.native / "bench-generator", "--json", "--framing", "delimited"]
        command += ["--connect", server.address, "--server-pid", server.pid, "--size", 64]
        command += ["--connections", setting.connections, "--active", setting.active]
        command += ["--warmup-ms", 300, "--duration-ms", self.arguments.duration_ms]
        generator = spawn(command, [self.generator_core], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            output, errors = generator.communicate(timeout=120)
        finally:
            stop(generator, grace_s=0)
        server.check_alive()
        if generator.returncode != 0:
            raise RunFailed(f"generator: {last_line(errors)}")
        return json.loads(output)

    def rounds(self, setting):
        samples = {NATIVE: [], SELECT: [], AGAIN: []}
        for number in range(self.arguments.pairs):
            for server in list(samples) if number % 2 == 0 else reversed(list(samples)):
                print(f"{setting.title}: round {number + 1}, {server}", file=sys.stderr)
                samples[server].append(self.once(server, setting))
        return samples


def row(setting, samples):
    def cpu(server):
        return [run["server"]["cpu_us_per_message"] for run in samples[server]]

    def ratio(over):
        return median(a / b for a, b in zip(cpu(over), cpu(NATIVE)))

    def p99(server):
        return median(run["latency_us"]["p99"] for run in samples[server])

    cells = [setting.title, f"{median(cpu(NATIVE)):.2f}", f"{median(cpu(SELECT)):.2f}",
             f"{ratio(SELECT):.2f} ×", f"± {abs(ratio(AGAIN) - 1):.0%}",
             f"{p99(NATIVE):.0f} / {p99(SELECT):.0f}"]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description="Prints the table of docs/pollers.md.")
    parser.add_argument("--native", type=Path, default=ROOT / "build/release/bin", metavar="DIR")
    parser.add_argument("--select", type=Path, default=ROOT / "build/release-select/bin",
                        metavar="DIR")
    parser.add_argument("--pairs", type=int, default=15, help="rounds of each setting (15)")
    parser.add_argument("--duration-ms", type=int, default=1000, help="window of a run (1000)")
    runs = Runs(parser.parse_args())
    exit_on_signals()
    lines = []
    try:
        for setting in SETTINGS:
            lines.append(row(setting, runs.rounds(setting)))
    except (RunFailed, FileNotFoundError) as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    print("| | native, CPU µs | select, CPU µs | select over native | noise floor "
          "| p99 µs, native / select |")
    print("|---|---|---|---|---|---|")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())

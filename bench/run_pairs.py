#!/usr/bin/env python3
"""Measures our servers beside their peers and prints what | ours | peer | ratio | floor | target.

Called by scripts/bench, which builds the programs. Each run is a fresh server on one core and the
generator on another; the servers of a setting take turns in ABBA order; a ratio is the median of
the ratios of the rounds; raw epoll against itself, measured the same way, is the noise floor. A
target is met if the median is within target + floor. The targets are in targets.py.
"""

import argparse
import json
import os
import re
import sys
from pathlib import Path

import targets
from harness import report
from harness.bench import Bench
from harness.chat_rows import add_chat_rows
from harness.flow_rows import add_flow_rows
from harness.micro_rows import add_micro_rows
from harness.peers import measure_peers, peer_lines
from harness.processes import exit_on_signals

ROOT = Path(__file__).resolve().parent.parent


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Prints our benchmarks beside their peers'. scripts/bench --no-build skips "
        "the build.",
    )
    parser.add_argument("--pairs", type=int, help="rounds of each setting (15)")
    parser.add_argument("--only", metavar="PATTERN", help="rows whose name or setting match")
    parser.add_argument("--quick", action="store_true", help="3 short rounds: not for quoting")
    parser.add_argument("--duration-ms", type=int, help="measured window of a run (1000)")
    parser.add_argument("--warmup-ms", type=int, help="before each window (300)")
    parser.add_argument("--no-peers", action="store_true", help="leave out the table of all peers")
    parser.add_argument("--list", action="store_true", help="print the rows and end")
    parser.add_argument("--json", metavar="FILE", type=Path, help="every figure of every run")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="the tables")
    parser.add_argument("--programs", metavar="DIR", type=Path, help="(build/release/bin)")
    parser.add_argument(
        "--stand-in",
        metavar="PEER",
        default="",
        help="measure this peer in place of our server, e.g. peer-asio-callbacks",
    )
    arguments = parser.parse_args()
    quick = arguments.quick
    arguments.pairs = arguments.pairs or (3 if quick else 15)
    arguments.duration_ms = arguments.duration_ms or (300 if quick else 1000)
    if arguments.warmup_ms is None:
        arguments.warmup_ms = 100 if quick else 300
    arguments.programs = arguments.programs or ROOT / "build/release/bin"
    arguments.json = arguments.json or ROOT / "build/bench/results.json"
    arguments.markdown = arguments.markdown or ROOT / "build/bench/results.md"
    if arguments.pairs < 1 or arguments.duration_ms < 1 or arguments.warmup_ms < 0:
        parser.error("--pairs, --duration-ms and --warmup-ms count from 1, 1 and 0")
    try:
        re.compile(arguments.only or "")
    except re.error as error:
        parser.error(f"--only: {error}")
    return arguments


# -- output ----------------------------------------------------------------------------------------


def list_rows():
    for row in targets.RATIOS:
        print(f"{row.setting:16} {row.what}")
    print(f"{'idle':16} {targets.IDLE.memory_what}")
    print(f"{'idle':16} {targets.IDLE.wakeups_what}")
    print(f"{'many':16} {targets.MANY.what}")
    for row in targets.MICRO:
        print(f"{'micro':16} {row.what} ({row.benchmark})")
    for row in targets.FLOW:
        print(f"{'flow':16} {row.what} ({row.program})")
    for setting, (_, what) in targets.CHAT_LOSSLESS.items():
        print(f"{setting:16} {what}")
    for row in targets.CHAT:
        print(f"{row.setting:16} {row.what}")
    print(f"{'peers':16} CPU, memory and system calls of all peers")


def method(arguments):
    text = (
        f"{arguments.pairs} rounds in ABBA order ({targets.peer_rounds(arguments.pairs)} for the "
        f"table of all peers); a run is a fresh server on one core and the "
        f"generator on the other, {arguments.warmup_ms} ms warm-up and {arguments.duration_ms} ms "
        "measured, 64 B payload unless said. Figures are medians of the runs, ratios medians of "
        "the rounds' ratios, the floor is raw epoll (or a peer, where that takes no part) against "
        "itself by the same method; met means within target + floor. System calls: ours / peer, counted by strace in runs of "
        "their own."
    )
    if arguments.stand_in:
        text += f" {arguments.stand_in} stands in for our server: no verdict about ours."
    if arguments.quick:
        text += " Quick run: not for quoting."
    return text


def tables(bench):
    """Header and lines of each table that has lines."""
    both = [(report.header(), report.row_lines(bench.rows)), peer_lines(bench)]
    return [(header, lines) for header, lines in both if lines]


def notes(bench):
    again = [f"Failed once and was repeated: {what}" for what in bench.lab.repeated]
    return report.notes(bench.rows) + again


def write_files(bench, environment):
    arguments = bench.arguments
    parts = [
        "  \n".join(f"{name.replace('_', ' ')}: {value}" for name, value in environment.items()),
        method(arguments),
        *(report.markdown_table(header, lines) for header, lines in tables(bench)),
        *notes(bench),
    ]
    data = {
        "environment": environment,
        "pairs": arguments.pairs,
        "warmup_ms": arguments.warmup_ms,
        "duration_ms": arguments.duration_ms,
        "stand_in": arguments.stand_in,
        "rows": [report.row_json(row) for row in bench.rows],
        "peers": bench.peers,
        "calls_per_message": bench.calls,
        "repeated": bench.lab.repeated,
        "runs": bench.runs,
    }
    for path, text in (
        (arguments.markdown, "\n\n".join(parts) + "\n"),
        (arguments.json, json.dumps(data, indent=1, ensure_ascii=False) + "\n"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def print_tables(bench):
    for header, lines in tables(bench):
        print(report.text_table(header, lines) + "\n")
    for note in notes(bench):
        print(note)
    print(method(bench.arguments))
    print(f"{bench.arguments.markdown}\n{bench.arguments.json}")


def main():
    arguments = parse_arguments()
    if arguments.list:
        list_rows()
        return 0
    exit_on_signals()
    os.chdir(ROOT)
    environment = report.environment()
    if environment["load_average"] > 0.5:
        print(f"the machine is busy (load {environment['load_average']}): ratios will be noisy",
              file=sys.stderr)
    bench = Bench(arguments)
    if not os.access(arguments.programs / "bench-generator", os.X_OK):
        print(f"no bench-generator in {arguments.programs}: run scripts/bench", file=sys.stderr)
        return 2
    bench.ratio_rows()
    bench.idle_rows()
    bench.many_row()
    add_micro_rows(bench)
    add_flow_rows(bench)
    add_chat_rows(bench)
    measure_peers(bench)
    bench.progress("")
    if not bench.rows and not bench.peers:
        print(f"nothing matches --only '{arguments.only}'; see --list", file=sys.stderr)
        return 2
    print_tables(bench)
    write_files(bench, environment)
    return 1 if any(row.met == "failed" for row in bench.rows) else 0


if __name__ == "__main__":
    sys.exit(main())

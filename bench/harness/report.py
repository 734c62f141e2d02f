"""Rows, and the tables made of them."""

import os
import platform
import subprocess
import time
from dataclasses import asdict, dataclass, field


@dataclass
class Row:
    what: str
    ours: str = ""
    peer: str = ""
    ratio: str = ""
    floor: str = ""
    target: str = ""
    met: str = ""  # yes | no | failed | not measured
    calls: str = ""
    note: str = ""
    data: dict = field(default_factory=dict)  # the exact figures, for JSON


COLUMNS = ["what", "ours", "peer", "ratio", "floor", "target", "met", "calls"]
TITLES = {"calls": "system calls/message"}


def text_table(header, lines):
    widths = [max(map(len, column)) for column in zip(header, *lines)]
    padded = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
        for line in [header, ["-" * width for width in widths], *lines]
    ]
    return "\n".join(padded)


def markdown_table(header, lines):
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in rows)


def header():
    return [TITLES.get(column, column) for column in COLUMNS]


def row_lines(rows):
    return [[getattr(row, column) for column in COLUMNS] for row in rows]


def notes(rows):
    return [f"{row.what}: {row.note}" for row in rows if row.note]


def row_json(row):
    return asdict(row)


# -- where and when --------------------------------------------------------------------------------


def _first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
        return done.stdout.strip().splitlines()[0]
    except (OSError, subprocess.TimeoutExpired, IndexError):
        return "unknown"


def _cpu_model():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def _commit():
    commit = _first_line(["git", "rev-parse", "--verify", "--quiet", "--short", "HEAD"])
    changed = _first_line(["git", "status", "--porcelain"]) != "unknown"
    return commit + " with changes" if changed and commit != "unknown" else commit


def environment():
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "commit": _commit(),
        "machine": f"{_cpu_model()}, {len(os.sched_getaffinity(0))} cores",
        "kernel": platform.release(),
        "compiler": _first_line(["c++", "--version"]),
        "go": _first_line(["go", "version"]),
        "load_average": round(os.getloadavg()[0], 2),
    }

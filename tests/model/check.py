#!/usr/bin/env python3
"""Has Spin check channel_select.pml: all interleavings of the true algorithm, and that each of the
planted bugs is found, for the reason that is expected.

    check.py <channel_select.pml> <folder to build in>
"""

import os
import re
import subprocess
import sys
import tempfile

# The variants that must hold: name, macros.
HOLD = [
    ("three parties", []),
    ("three parties, one of which is told to stop", ["STOPS"]),
]

# The planted bugs: name, macros, the assertion that fails (see `check_all`).
BUGS = [
    ("close wakes one waiter only", ["CLOSE_WAKES_ONE"], r"closed\[at\["),
    ("take before claim", ["TAKE_BEFORE_CLAIM"], r"slot\[.*==k"),
    ("the loser's element is not returned", ["LOSER_KEEPS"], r"\(k==1\)"),
    ("lost wake-up in a two-sided select on a rendezvous channel",
     ["NO_SECOND_LOOK", "ONLY_SELECTS"], r"does\[k\]==does\["),
]


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0 or re.search(r"^spin: .*[Ee]rror", done.stdout, re.MULTILINE):
        sys.exit(" ".join(command) + "\n" + done.stdout + done.stderr)
    return done.stdout


def search(model, build, macros, level):
    """Spin's report of a full search, with the states that it saw and the assertion that failed."""
    with tempfile.TemporaryDirectory(dir=build) as folder:
        run(folder, "spin", *[f"-D{macro}" for macro in macros], "-a", model)
        run(folder, "gcc", level, "-w", "-DSAFETY", "-DCOLLAPSE", "-DMEMLIM=1500", "-o", "pan",
            "pan.c")
        # -E: a party that waits for ever may be right; `check_all` decides.
        report = run(folder, "./pan", "-E", "-m10000", "-w22", "-n")
    if "Search not completed" in report and "assertion violated" not in report:
        sys.exit(report)
    states = re.search(r"(\d+) states, stored", report)
    failed = re.search(r"assertion violated *(.*?) *\(at depth", report)
    return int(states[1]), failed and failed[1]


def main():
    model, build = os.path.abspath(sys.argv[1]), sys.argv[2]
    os.makedirs(build, exist_ok=True)
    wrong = 0
    for name, macros in HOLD:
        states, failed = search(model, build, macros, "-O2")
        print(f"{name}: {states} states, {failed or 'holds'}", flush=True)
        wrong += failed is not None
    for name, macros, expected in BUGS:
        states, failed = search(model, build, macros, "-O0")
        found = failed and re.search(expected, failed)
        print(f"planted: {name}: {'found' if found else 'NOT FOUND'} after {states} states"
              f" ({failed})", flush=True)
        wrong += not found
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

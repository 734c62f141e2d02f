#!/usr/bin/env python3
"""clang-format 14 has nothing to change. `scripts/format` changes it."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sources

FORMATTER = "clang-format-14"


def check(root):
    paths = sources.files(root)
    if not paths:
        return []
    run = subprocess.run([FORMATTER, "--dry-run", "-Werror", "--style=file", *paths],
                         cwd=root, capture_output=True, text=True)
    lines = {}
    for path, line in re.findall(r"^(\S+):(\d+):\d+: error: ", run.stderr, re.MULTILINE):
        lines.setdefault(path, set()).add(int(line))
    complaints = [f"{path}:{min(wrong)}: {len(wrong)} lines are not as scripts/format writes them"
                  for path, wrong in sorted(lines.items())]
    if run.returncode != 0 and not complaints:
        complaints.append(run.stderr.strip())
    return complaints


if __name__ == "__main__":
    sources.report(check)

#!/usr/bin/env python3
"""Every C++ snippet of README.md and docs/ that is a whole program compiles, without a warning.

usage: snippets.py SOURCE_DIR FLAGS_FILE
"""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compiler import Compiler

FENCE = re.compile(r"```cpp\n(.*?)```", re.DOTALL)


def documents(root):
    yield "README.md"
    folder = os.path.join(root, "docs")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith(".md"):
            yield os.path.join("docs", name)


def check(root, compiler):
    """Complaints, and how many programs were found."""
    complaints, found = [], 0
    for path in documents(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            programs = [text for text in FENCE.findall(file.read()) if "int main" in text]
        for text in programs:
            found += 1
            outcome = compiler.run("-fsyntax-only", "-Wall", "-Wextra", "-Werror", source=text)
            if outcome.returncode != 0:
                complaints.append(f"{path}: a program does not compile\n{outcome.stderr}")
    if found == 0:
        complaints.append("no program found in the documents")
    return complaints, found


def main():
    complaints, found = check(sys.argv[1], Compiler(sys.argv[2]))
    print("\n".join([*complaints, f"{found} programs, {len(complaints)} violations"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

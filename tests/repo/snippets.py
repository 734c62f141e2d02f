#!/usr/bin/env python3
"""Every C++ snippet of README.md and docs/ that is a whole program compiles, without a warning, and
every relative link points to a file that is there.

usage: snippets.py SOURCE_DIR FLAGS_FILE
"""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compiler import Compiler

FENCE = re.compile(r"```cpp\n(.*?)```", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
LINK = re.compile(r"\]\(<?([^)\s>]+)>?[^)]*\)|^\[[^\]\n]+\]:\s*(\S+)", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#|//", re.IGNORECASE)


def documents(root):
    yield "README.md"
    folder = os.path.join(root, "docs")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith(".md"):
            yield os.path.join("docs", name)


def dead_links(root, path, text):
    for found in LINK.finditer(CODE.sub("", text)):
        link = found.group(1) or found.group(2)
        target = os.path.join(os.path.dirname(path), link.partition("#")[0])
        if not ELSEWHERE.match(link) and not os.path.exists(os.path.join(root, target)):
            yield f"{path}: the link {link} leads nowhere"


def check(root, compiler):
    """Complaints, and how many programs were found."""
    complaints, found = [], 0
    for path in documents(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            document = file.read()
        complaints += dead_links(root, path, document)
        for text in (text for text in FENCE.findall(document) if "int main" in text):
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

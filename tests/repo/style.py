#!/usr/bin/env python3
"""Rules of style that neither the compiler nor clang-format knows. The list of exceptions may only
become shorter."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sources

file_lines_max = 400

# path -> lines it has today. A file that became shorter must be lowered or taken out here.
LONGER_FILES = {}

BANNED = [  # pattern, why
    (r"\[=[,\]\s]", "name what a lambda captures"),
    (r"#\s*include\s*<(?:format|generator|print)>", "libstdc++ 12 does not have it"),
    (r"\bstd\s*::\s*jthread\b", "libc++ does not have it"),
    (r"\bstd\s*::\s*(?:counting_semaphore|binary_semaphore|latch|barrier)\b", "hangs with mingw"),
    (r"\batomic\s*<\s*std\s*::\s*shared_ptr\b", "libc++ does not have it"),
]


def complaints_about(path, text):
    lines = text.count("\n")
    allowed = LONGER_FILES.get(path, file_lines_max)
    if lines > allowed:
        yield f"{path}: {lines} lines, allowed are {allowed}"
    if path in LONGER_FILES and lines < allowed:
        yield f"{path}: has {lines} lines now, lower its exception from {allowed}"
    if path.endswith((".hpp", ".h")) and not re.search(r"^#pragma once$", text, re.MULTILINE):
        yield f"{path}: a header starts with #pragma once"
    code = sources.code_only(text)
    for pattern, why in BANNED:
        for found in re.finditer(pattern, code):
            yield f"{path}:{sources.line_of(code, found.start())}: {found.group().strip()}: {why}"


def merged_badly(root):
    """Files of any kind in which a merge left its marks."""
    marks = re.compile(rb"^(<{7}|>{7}) ", re.MULTILINE)
    for path in sources.files(root, suffixes=("",)):
        with open(os.path.join(root, path), "rb") as file:
            if marks.search(file.read()):
                yield f"{path}: a merge left its marks"


def check(root):
    return [*merged_badly(root), *(complaint for path in sources.files(root)
            for complaint in complaints_about(path, sources.read(root, path)))]


if __name__ == "__main__":
    sources.report(check)

#!/usr/bin/env python3
"""The code on the pages in docs/ is the code that the tests run: a line

    <!-- tests/go_twins/channels.cpp [ping-pong] -->

is followed by a code block with exactly what stands between `// [ping-pong]` and `// [/ping-pong]`
in that file, without the indentation that all its lines share. On a page with such a line every
block of C++ or Go has one, and every region is on a page.

usage: page_snippets.py SOURCE_DIR            complains about differences
       page_snippets.py SOURCE_DIR --write    puts the regions into the pages
"""

import os
import re
import sys
import textwrap

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sources

BLOCK = re.compile(
    r"(?:^<!-- (?P<path>\S+) \[(?P<region>[\w-]+)\] -->\n+)?"
    r"^```(?P<language>cpp|go)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
REGION = re.compile(
    r"^[ \t]*// \[(?P<name>[\w-]+)\]\n(?P<text>.*?)^[ \t]*// \[/(?P=name)\]$",
    re.MULTILINE | re.DOTALL)
OPENING = re.compile(r"^[ \t]*// \[([\w-]+)\]$", re.MULTILINE)


def regions_of(text):
    return {found.group("name"): textwrap.dedent(found.group("text")).strip("\n") + "\n"
            for found in REGION.finditer(text)}


def pages(root):
    folder = os.path.join(root, "docs")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith(".md"):
            yield f"docs/{name}"


def all_regions(root):
    """(path, region) -> its text, and complaints about regions that do not end."""
    found, complaints = {}, []
    for path in sources.files(root, suffixes=(".cpp", ".go"), under=("tests/",)):
        text = sources.read(root, path)
        regions = regions_of(text)
        found.update({(path, name): region for name, region in regions.items()})
        complaints += [f"{path}: [{name}] does not end with [/{name}]"
                       for name in OPENING.findall(text) if name not in regions]
    return found, complaints


def check(root):
    regions, complaints = all_regions(root)
    shown = set()
    for page in pages(root):
        text = sources.read(root, page)
        blocks = list(BLOCK.finditer(text))
        if not any(block.group("path") for block in blocks):
            continue
        for block in blocks:
            line = sources.line_of(text, block.start())
            if not block.group("path"):
                complaints.append(f"{page}:{line}: a block that does not say where it is from")
                continue
            key = (block.group("path"), block.group("region"))
            shown.add(key)
            if key not in regions:
                complaints.append(f"{page}:{line}: {key[0]} has no region [{key[1]}]")
            elif block.group("text") != regions[key]:
                complaints.append(f"{page}:{line}: differs from {key[0]} [{key[1]}]; --write?")
    complaints += [f"{path}: [{name}] is on no page" for path, name in sorted(set(regions) - shown)]
    return complaints


def write(root):
    regions, _ = all_regions(root)

    def from_source(block):
        text = regions.get((block.group("path"), block.group("region")))
        if text is None:
            return block.group()
        start = block.start("text") - block.start()
        end = block.end("text") - block.start()
        return block.group()[:start] + text + block.group()[end:]

    for page in pages(root):
        before = sources.read(root, page)
        after = BLOCK.sub(from_source, before)
        if after != before:
            with open(os.path.join(root, page), "w", encoding="utf-8") as file:
                file.write(after)
            print(f"{page}: written")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write(sys.argv[1])
    sources.report(check)

#!/usr/bin/env python3
"""Product code takes time, randomness, threads and sockets from the loop, so that the simulator can
replace them (docs/architecture.md, section 7). Only libnet's platform files reach the real ones."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sources

PRODUCT = ("libnet/", "proto/", "actors/", "apps/")
SEAM = ("libnet/src/platform/", "libnet/src/asio/")

CLOCK = r"(?:system|steady|high_resolution|utc|tai|gps|file)_clock"
SOCKET_CALLS = ("socket|socketpair|connect|bind|listen|accept4?|recv(?:from|m?msg)?|send(?:to|m?msg)?"
                "|shutdown|poll|ppoll|select|pselect|epoll_\\w+|[gs]etsockopt|getaddrinfo")

RULES = [
    ("reads the real clock", rf"\b{CLOCK}\s*::\s*now\b"),
    ("reads the real clock", r"\b(?:clock_gettime|gettimeofday)\s*\(|(?:std|(?<!\w))::time\s*\("),
    ("starts a thread", r"\bstd\s*::\s*(?:jthread|async)\b|\bstd\s*::\s*thread\b(?!\s*::\s*id\b)"
                        r"|\bpthread_create\b"),
    ("is not seeded", r"\brandom_device\b|\bgetrandom\s*\(|\bstd\s*::\s*rand\b|(?<![\w.>])s?rand\s*\("),
    ("sleeps", r"\bsleep_for\b|\bthis_thread\s*::\s*sleep_until\b"
               r"|\b(?:usleep|nanosleep|clock_nanosleep)\s*\(|(?<!\w)::\s*sleep\s*\("),
    ("calls the sockets of the system", rf"(?<![\w>])::\s*(?:{SOCKET_CALLS})\s*\("),
    ("includes the sockets of the system",
     r"#\s*include\s*<(?:sys/(?:socket|epoll|select|poll)\.h|netinet/|arpa/|netdb\.h|poll\.h|winsock)"),
]

CLOCK_ALIAS = re.compile(rf"\busing\s+(\w+)\s*=\s*(?:std\s*::\s*)?(?:chrono\s*::\s*)?{CLOCK}\s*;")


def owns_threads(root, path):
    """The header of a platform file may name the threads which that file starts."""
    stem = os.path.splitext(os.path.basename(path))[0]
    return (path.startswith("libnet/include/")
            and os.path.isfile(os.path.join(root, "libnet/src/platform", stem + ".cpp")))


def check(root):
    complaints = []
    for path in sources.files(root, under=PRODUCT):
        if path.startswith(SEAM):
            continue
        code = sources.code_only(sources.read(root, path))
        rules = list(RULES)
        for alias in CLOCK_ALIAS.findall(code):
            rules.append(("reads the real clock", rf"\b{alias}\s*::\s*now\b"))
        for meaning, pattern in rules:
            if meaning == "starts a thread" and owns_threads(root, path):
                continue
            for found in re.finditer(pattern, code):
                line = sources.line_of(code, found.start())
                complaints.append(f"{path}:{line}: {found.group().strip()}: {meaning}")
    return complaints


if __name__ == "__main__":
    sources.report(check)

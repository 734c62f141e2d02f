#!/usr/bin/env python3
"""What including a public header brings in, through everything that it includes: users who never
touch CAF, Asio or protobuf never compile them. Asks the compiler (-M).

    reach.py <repository> <flags file>
"""

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sources
from compiler import Compiler

FOREIGN = {"CAF": "/caf/", "Boost": "/boost/", "protobuf": "/google/protobuf/"}

# The first match decides what a header must keep away from its users.
KEEPS_AWAY = [
    (r"libnet/include/", ("CAF", "Boost", "protobuf")),
    (r"actors/include/actornet/flow/", ("CAF", "Boost", "protobuf")),
    (r"actors/include/actornet/(detail/)?caf[^/]*$", ("Boost",)),
    (r"actors/include/", ("CAF", "Boost")),
    (r"proto/include/", ("CAF", "Boost")),
]


def complaints_about(compiler, root, path):
    kept_away = next(names for pattern, names in KEEPS_AWAY if re.match(pattern, path))
    source = f'#include "{os.path.join(root, path)}"\n'
    run = compiler.run("-M", source=source)
    if run.returncode != 0:
        return [f"{path}: does not compile: {run.stderr.strip().splitlines()[0]}"]
    reached = run.stdout.replace("\\\n", " ").split()
    complaints = []
    for name in kept_away:
        foreign = next((file for file in reached if FOREIGN[name] in file), None)
        if foreign:
            complaints.append(f"{path}: brings in {name} ({foreign})")
    return complaints


def check(root, flags_file):
    compiler = Compiler(flags_file)
    headers = sources.files(root, (".hpp",), ("libnet/include/", "proto/include/",
                                              "actors/include/"))
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda path: complaints_about(compiler, root, path), headers)
    return [complaint for complaints in found for complaint in complaints]


if __name__ == "__main__":
    sources.report(lambda root: check(root, sys.argv[2]))

#!/usr/bin/env python3
"""Installs a build into a fresh prefix, then builds and runs a user of that installation.

    consumer.py <build folder>
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def run(*command):
    print("+", *command, flush=True)
    subprocess.run(command, check=True)


def main():
    with tempfile.TemporaryDirectory(prefix="actornet-consumer-") as folder:
        prefix, build = os.path.join(folder, "prefix"), os.path.join(folder, "build")
        run("cmake", "--install", sys.argv[1], "--prefix", prefix)
        run("cmake", "-G", "Ninja", "-S", os.path.join(HERE, "consumer"), "-B", build,
            f"-DCMAKE_PREFIX_PATH={prefix}")
        run("cmake", "--build", build)
        for program in ("consumer", "consumer-of-net"):
            run(os.path.join(build, program))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"failed: {' '.join(map(str, failure.cmd))}")

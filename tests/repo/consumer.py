#!/usr/bin/env python3
"""Installs a build into a fresh prefix, then builds and runs a user of that installation.

    consumer.py <build folder>
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from snippets import FENCE


def run(*command):
    print("+", *command, flush=True)
    subprocess.run(command, check=True)


def readme_program(folder):
    """The first program of the README, as a file."""
    with open(os.path.join(HERE, "../../README.md"), encoding="utf-8") as file:
        program = next(text for text in FENCE.findall(file.read()) if "int main" in text)
    path = os.path.join(folder, "readme.cpp")
    with open(path, "w", encoding="utf-8") as file:
        file.write(program)
    return path


def main():
    with tempfile.TemporaryDirectory(prefix="actornet-consumer-") as folder:
        prefix, build = os.path.join(folder, "prefix"), os.path.join(folder, "build")
        run("cmake", "--install", sys.argv[1], "--prefix", prefix)
        run("cmake", "-G", "Ninja", "-S", os.path.join(HERE, "consumer"), "-B", build,
            f"-DCMAKE_PREFIX_PATH={prefix}", f"-DREADME_PROGRAM={readme_program(folder)}")
        run("cmake", "--build", build)
        for program in ("consumer", "consumer-of-net", "consumer-of-actors", "consumer-of-cluster"):
            run(os.path.join(build, program))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"failed: {' '.join(map(str, failure.cmd))}")

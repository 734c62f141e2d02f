"""The compiler and the flags of a user of actornet, as CMake wrote them to a file: the compiler on
the first line, then one flag a line."""

import subprocess


class Compiler:
    def __init__(self, flags_file):
        with open(flags_file, encoding="utf-8") as file:
            lines = [line for line in file.read().split("\n") if line]
        self.command, self.flags = lines[0], lines[1:]

    def run(self, *arguments, source=None):
        """Runs it; `source`, if given, is compiled from standard input."""
        language = ["-x", "c++", "-"] if source is not None else []
        return subprocess.run([self.command, *self.flags, *arguments, *language], input=source,
                              capture_output=True, text=True)

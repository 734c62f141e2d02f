#!/usr/bin/env python3
"""A case of tests/must_not_compile/: one source, compiled twice. `TOKEN` is the only difference.

    // good: chat::Event
    // bad: chat::Command
    // expect: regular expression that a line of the compiler's errors must match
    ... peer.send(TOKEN{}); ...

With the good token it compiles, with the bad one it does not, for the expected reason. There may be
more than one `expect`; each must match.

    must_not_compile.py <flags file> <case.cpp>...
"""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from compiler import Compiler


def header(text, key):
    return re.findall(rf"^// {key}: *(.+?) *$", text, re.MULTILINE)


def verdict(compiler, case):
    """None when the case holds, else what is wrong with it."""
    with open(case, encoding="utf-8") as file:
        text = file.read()
    good, bad, expected = header(text, "good"), header(text, "bad"), header(text, "expect")
    if len(good) != 1 or len(bad) != 1 or not expected or good == bad:
        return "needs the lines `// good:`, `// bad:` (different) and `// expect:`"
    if not re.search(r"\bTOKEN\b", re.sub(r"//[^\n]*", "", text)):
        return "does not use TOKEN"
    twin = compiler.run("-fsyntax-only", f"-DTOKEN={good[0]}", case)
    if twin.returncode != 0:
        return f"the good twin ({good[0]}) does not compile:\n{twin.stderr}"
    run = compiler.run("-fsyntax-only", f"-DTOKEN={bad[0]}", case)
    if run.returncode == 0:
        return f"compiles with the bad token ({bad[0]})"
    errors = [line for line in run.stderr.splitlines() if "error:" in line]
    for pattern in expected:
        if not any(re.search(pattern, line) for line in errors):
            return f"no error matches `{pattern}`:\n" + "\n".join(errors)
    return None


def main():
    compiler, failed = Compiler(sys.argv[1]), 0
    for case in sys.argv[2:]:
        wrong = verdict(compiler, case)
        failed += wrong is not None
        print(f"{os.path.basename(case)}: {wrong or 'ok'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

"""What the repository checks share: which files there are and what stands in them."""

import os
import re
import subprocess
import sys

CODE = (".cpp", ".hpp", ".c", ".h")


def files(root, suffixes=CODE, under=()):
    """Paths, relative to `root`, of its files: those git knows or would add, else all of them."""
    listing = _git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    paths = sorted(set(listing.split("\0"))) if listing is not None else sorted(_walk(root))
    return [path for path in paths
            if path.endswith(suffixes) and (not under or path.startswith(tuple(under)))
            and os.path.isfile(os.path.join(root, path))]


def _git(root, *arguments):
    """What git says of the checkout `root`; None when it is none, or there is no git."""
    if not os.path.exists(os.path.join(root, ".git")):
        return None
    try:
        run = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True)
    except OSError:
        return None
    return run.stdout if run.returncode == 0 else None


def _walk(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in ("build", ".git")]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


_NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<fence>[^()\s\\]*)\(.*?\)(?P=fence)"'
    r'|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'|"(?:\\.|[^"\\\n])*"', re.DOTALL)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def code_only(text):
    """`text` without comments and literals; the lines stay where they are."""
    return _NOT_CODE.sub(lambda found: '""' + "\n" * found.group().count("\n"), text)


def includes(text):
    """(line number, "<" or '"', path) of each #include; those in comments do not count."""
    def comment_gone(found):
        literal = found.group().startswith(("'", '"'))
        return found.group() if literal else "\n" * found.group().count("\n")
    plain = _NOT_CODE.sub(comment_gone, text)
    return [(line_of(plain, found.start()), found.group(1), found.group(2))
            for found in _INCLUDE.finditer(plain)]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def report(check):
    """Runs `check(root)`, which returns complaints; prints them and ends the program."""
    complaints = check(sys.argv[1] if len(sys.argv) > 1 else os.getcwd())
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} violations")
    sys.exit(1 if complaints else 0)

"""What is being done, on standard error."""

import sys


class Progress:
    """One line on a terminal, that the next one overwrites; nothing elsewhere but `keep`."""

    def __call__(self, text, keep=False):
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K" + text + ("\n" if keep else ""))
            sys.stderr.flush()
        elif keep:
            print(text, file=sys.stderr)

    def row(self, row):
        figures = row.ratio or row.ours
        self(f"{row.met:12} {row.what}: {figures} {row.note}".rstrip(), keep=True)

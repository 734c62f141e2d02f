"""Child processes that never outlive this one, each pinned to a core."""

import ctypes
import os
import signal
import subprocess
import tempfile
import time

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_PR_SET_PTRACER = 0x59616D61
_PR_SET_PTRACER_ANY = ctypes.c_ulong(-1)


class RunFailed(Exception):
    """A run without a usable result; the text says why, in one line."""


def _in_child():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # even if the driver is killed with -9
    _libc.prctl(_PR_SET_PTRACER, _PR_SET_PTRACER_ANY)  # strace, where ptrace is restricted


def spawn(command, cores, **options):
    """Starts `command` on `cores`. Its pid is the program's: taskset replaces itself."""
    pinned = ["taskset", "-c", ",".join(map(str, cores))] + [str(part) for part in command]
    return subprocess.Popen(pinned, preexec_fn=_in_child, start_new_session=True, **options)


def stop(process, grace_s=2.0):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def exit_on_signals():
    """Signals end the driver through every `finally`."""

    def leave(number, _frame):
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no output"


class Server:
    """Context manager: a running server; `uri` is where it listens, `address` that without the
    scheme."""

    START_S = 15

    def __init__(self, command, core, environment=None):
        self._output = tempfile.TemporaryFile()
        self._errors = tempfile.TemporaryFile()
        self._name = os.path.basename(str(command[0]))
        self.process = spawn(
            command,
            [core],
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._errors,
            env={**os.environ, **(environment or {})},
        )

    @property
    def pid(self):
        return self.process.pid

    def __enter__(self):
        try:
            self.uri = self._wait_for_uri()
            self.address = self.uri.split("://", 1)[1]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        stop(self.process)
        self._output.close()
        self._errors.close()

    @staticmethod
    def _text(file):
        # Not seek and read: the child writes at the position it shares with us.
        return os.pread(file.fileno(), 1 << 16, 0).decode(errors="replace")

    def errors_so_far(self):
        return self._text(self._errors)

    def error_text(self):
        return last_line(self.errors_so_far())

    def check_alive(self):
        if self.process.poll() is not None:
            raise RunFailed(
                f"{self._name} ended with {self.process.returncode}: {self.error_text()}"
            )

    def _wait_for_uri(self):
        deadline = time.monotonic() + self.START_S
        while time.monotonic() < deadline:
            for line in self._text(self._output).splitlines(keepends=True):
                if line.startswith("listening ") and "://" in line and line.endswith("\n"):
                    return line.split(" ", 1)[1].strip()
            self.check_alive()
            time.sleep(0.005)
        raise RunFailed(f"{self._name} printed no 'listening ...' in {self.START_S} s")
